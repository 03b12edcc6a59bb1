/** The switch of colours: as the reader's system says, light, or dark. */
function startTheme(): void {
  const button = byId('theme', HTMLButtonElement);
  if (button === null) return;
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme === undefined ? dark.matches : root.dataset.theme === 'dark');
  const show = () => {
    button.textContent = isDark() ? 'Light colours' : 'Dark colours';
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    show();
  });
  dark.addEventListener('change', show);
  show();
}
