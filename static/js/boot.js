// Runs before the first paint: the chosen theme and language, so that nothing flashes, and whether the browser is too old.
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

  // What models need, which every browser has since March 2023: a module with a function () → v128, and canvases
  // in workers. Package browser reads the mark (TooOld).
  const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
  if (!WebAssembly.validate(new Uint8Array(simd)) || typeof OffscreenCanvas === "undefined") root.dataset.old = "yes";
}
