// Runs before the page is painted; what it reads is written by web/app/settings/theme.ts.
try {
  const theme = localStorage.getItem('sotto.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // storage is forbidden here: the theme is the system's
}
