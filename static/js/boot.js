// Runs before the first paint: the chosen theme and language, so that nothing flashes, and whether the browser is too
// old.
"use strict";

// Where the browser denies storage its getters throw, which would end the page's program: nothing is kept then.
{
  class Nothing {
    getItem() { return null; }
    setItem() {}
    removeItem() {}
    clear() {}
    key() { return null; }
    get length() { return 0; }
  }
  for (const name of ["localStorage", "sessionStorage"]) {
    try { void self[name]; } catch { Object.defineProperty(self, name, { value: new Nothing() }); }
  }
}
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
  const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253,
    98, 11];
  if (!WebAssembly.validate(new Uint8Array(simd)) || typeof OffscreenCanvas === "undefined") root.dataset.old = "yes";
}

// What people do before the page's program runs is kept: files and texts that they drop, paste or choose. A drop
// never leaves the page. Package browser asks for what was kept with waferEarly(take); take gets
// {files, entries, text, target, pasted}.
{
  const kept = [];
  let deliver = (item) => kept.push(item);
  const targetOf = (node) => (node.closest?.("[data-drop]") || { dataset: {} }).dataset.drop || "";
  const keep = (data, more) => {
    if (!document.querySelector("[data-drop]")) return; // a page that takes nothing
    const entries = [...(data.items || [])].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    deliver({ files: [...data.files], entries, text: data.getData?.("text/plain") || "", pasted: false, ...more });
  };
  const chosen = (input) => {
    if (input.type !== "file" || input.files.length === 0) return;
    keep({ files: input.files }, { target: targetOf(input) });
    input.value = "";
  };
  let running = false;
  const listen = (event, early) => addEventListener(event, (e) => { if (!running) early(e); });
  // These stay for ever: pages without a place to drop on listen to nothing.
  addEventListener("dragover", (e) => e.preventDefault());
  addEventListener("drop", (e) => e.preventDefault());
  listen("drop", (e) => keep(e.dataTransfer, { target: targetOf(e.target) }));
  listen("change", (e) => chosen(e.target));
  listen("paste", (e) => {
    const field = ["TEXTAREA", "INPUT"].includes(e.target.tagName);
    if (e.clipboardData.files.length > 0 || !field) keep(e.clipboardData, { target: targetOf(e.target), pasted: true });
  });
  // A dialogue that was opened early may end when the program has put another input in the place of this one.
  listen("click", (e) => {
    const input = document.getElementById(e.target.closest?.("[data-chooses]")?.dataset.chooses);
    if (!input) return;
    const target = targetOf(input);
    input.addEventListener("change", () => {
      if (!input.isConnected) deliver({ files: [...input.files], entries: [], text: "", target, pasted: false });
    });
    input.click();
  });
  self.waferEarly = (take) => {
    running = true;
    deliver = take;
    for (const item of kept.splice(0)) take(item);
  };
}
