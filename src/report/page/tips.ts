/**
 * Values on hover, touch and focus. A chart with marks that carry `data-tip` takes the focus once; its arrow keys go from mark to
 * mark, Enter does what a click does, Escape closes. What is shown is also said, through a live region.
 */
function startTips(): void {
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.hidden = true;
  const live = document.createElement('div');
  live.className = 'visually-hidden';
  live.setAttribute('aria-live', 'polite');
  document.body.append(tip, live);
  let marked: Element | null = null;
  const hide = () => {
    marked?.classList.remove('marked');
    marked = null;
    tip.hidden = true;
  };
  const show = (mark: Element, x: number, y: number) => {
    if (marked !== mark) {
      marked?.classList.remove('marked');
      mark.classList.add('marked');
      marked = mark;
      tip.textContent = mark.getAttribute('data-tip');
    }
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - width - 8))}px`;
    tip.style.top = `${y - height - 12 < 4 ? y + 18 : y - height - 12}px`;
  };
  document.addEventListener('pointermove', (event) => {
    const mark = (event.target as Element | null)?.closest?.('[data-tip]');
    if (mark) show(mark, event.clientX, event.clientY);
    else if (event.pointerType === 'mouse' && marked !== null) hide();
  });
  document.addEventListener('pointerdown', (event) => {
    const mark = (event.target as Element | null)?.closest?.('[data-tip]');
    if (mark) show(mark, event.clientX, event.clientY);
    else hide();
  });
  addEventListener('scroll', hide, { passive: true });
  for (const chart of document.querySelectorAll<SVGSVGElement>('svg.chart')) {
    const marks = [...chart.querySelectorAll('[data-tip]')];
    if (marks.length === 0) continue;
    let place = -1;
    chart.setAttribute('tabindex', '0');
    chart.setAttribute('aria-roledescription', 'chart: arrow keys read its values');
    chart.addEventListener('blur', hide);
    chart.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === 'Escape') return hide();
      if (event.key === 'Enter' && marked !== null)
        return void marked.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      if (step === undefined) return;
      event.preventDefault();
      place = place < 0 && step < 0 ? marks.length - 1 : (place + step + marks.length) % marks.length;
      const box = marks[place].getBoundingClientRect();
      show(marks[place], box.left + box.width / 2, box.top);
      live.textContent = tip.textContent;
    });
  }
}
