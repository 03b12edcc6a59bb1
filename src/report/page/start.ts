/** Wakes the page: shows what needs the script, hides what stands in for it. */
for (const one of document.querySelectorAll<HTMLElement>('[data-script]')) one.hidden = false;
for (const one of document.querySelectorAll<HTMLElement>('[data-no-script]')) one.hidden = true;
startTheme();
startChoices();
startTips();
startConfusion();
startProfit();
startWhatIf();
