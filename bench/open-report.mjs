/**
 * How long Chromium takes to open report pages: `node bench/open-report.mjs PAGE.html…`. Medians of five fresh tabs, in
 * milliseconds since the navigation began: the document parsed and its script run, the first paint, the load event, and the first
 * two frames after it (nothing is left to lay out then). No name is resolved, so that a page which asks for anything fails here.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openBrowser } from './chromium-pipe.mjs';

const RUNS = 5;
const TIMES = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const [page] = performance.getEntriesByType('navigation');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  done({ parsed: page.domContentLoadedEventEnd, painted: paint ? paint.startTime : NaN, loaded: page.loadEventEnd,
    drawn: performance.now(), requests: performance.getEntriesByType('resource').length, bytes: page.decodedBodySize });
})))`;

const browser = await openBrowser();
try {
  console.log('page                             bytes  requests  parsed  painted  loaded  drawn   (ms, medians of 5)');
  for (const file of process.argv.slice(2)) {
    const runs = [];
    // The first tab warms the browser and is not counted.
    for (let run = 0; run <= RUNS; run++) {
      const tab = await browser.openTab();
      await tab.goto(pathToFileURL(resolve(file)).href);
      const times = await tab.evaluate(TIMES);
      if (run > 0) runs.push(times);
      await tab.close();
    }
    const median = (name) => runs.map((one) => one[name]).sort((a, b) => a - b)[RUNS >> 1];
    const cells = ['bytes', 'requests', 'parsed', 'painted', 'loaded', 'drawn'].map((name) => Math.round(median(name)));
    console.log(file.slice(-28).padEnd(29), cells.map((cell, i) => String(cell).padStart(i === 0 ? 9 : 8)).join(''));
  }
} finally {
  await browser.close();
}
