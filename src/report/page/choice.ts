/** One of several views at a time, chosen from a list; lists about the same things follow each other. */
function startChoices(): void {
  for (const choice of document.querySelectorAll<HTMLElement>('.choice')) {
    const select = choice.querySelector('select');
    const views = [...choice.querySelectorAll<HTMLElement>(':scope > .option')];
    if (select === null || views.length === 0) continue;
    const show = () => {
      views.forEach((view, i) => {
        view.hidden = i !== select.selectedIndex;
      });
    };
    select.addEventListener('change', show);
    show();
  }
  document.addEventListener('click', (event) => {
    const name = (event.target as Element | null)?.closest('[data-feature]')?.getAttribute('data-feature');
    if (name != null) chooseFeature(name);
  });
}

/** Shows a feature's effect, and moves there. */
function chooseFeature(name: string): void {
  const choice = document.getElementById('effects');
  const select = choice?.querySelector('select');
  if (!choice || !select) return;
  const place = [...select.options].findIndex((option) => option.text === name);
  if (place < 0) return;
  select.selectedIndex = place;
  select.dispatchEvent(new Event('change'));
  choice.scrollIntoView({
    block: 'start',
    behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth',
  });
  select.focus({ preventScroll: true });
}
