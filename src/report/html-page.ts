/** The frame of a page that needs nothing but itself: style and script inside, and a policy that lets nothing else run or load. */
import { html, Markup } from './markup.js';
import { pageScript } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

export function htmlPage(title: string, body: Markup): string {
  const script = pageScript();
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${new Markup(script.hash)}'; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
${body}
<script>${new Markup(script.text)}</script>
</body>
</html>
`;
  return page.text;
}
