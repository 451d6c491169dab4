// Runs before the first paint: the chosen theme and language, so that nothing flashes.
"use strict";
{
  const root = document.documentElement;
  let kept = null;
  const read = (key) => {
    try { kept = localStorage.getItem(key); } catch { kept = null; }
    return kept;
  };
  const theme = read("wafer.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const language = read("wafer.language") || (navigator.language || "en");
  root.lang = language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
