// An exported page: what a person sees and does. Everything that is computed, decoding and preparation too, is done by
// Wafer's runtime in a worker (worker.js), which answers with the words of nn/task.

const $ = (id) => document.getElementById(id);

// taken is the text of an element, which goes.
function taken(id) {
  const text = $(id).textContent;
  $(id).remove();
  return text;
}

function decoded(base64) {
  const s = atob(base64), bytes = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i);
  return bytes;
}

// The model.

const weights = $("model").dataset.weights;
const script = URL.createObjectURL(new Blob([taken("worker")], { type: "text/javascript" }));
// The first random number of a process waits in Firefox for the main thread; where page and worker ask at the same time,
// as Go's runtime does when it starts, each waits for the other for ever. So the page asks first.
crypto.getRandomValues(new Uint8Array(1));
const worker = new Worker(script);
const waiting = new Map(); // questions by number: who waits for the answer
let questions = 0;
let broken; // why there are no more answers, { error, said }

const model = new Promise((opened) => {
  worker.onmessage = ({ data }) => {
    if (data.info) return opened(JSON.parse(data.info));
    if (data.error) return failed(data.error, data.said);
    const reply = waiting.get(data.id);
    waiting.delete(data.id);
    reply(JSON.parse(data.result));
  };
  worker.onerror = (event) => failed(event.message || "the worker could not be started");
});
{
  const runtime = decoded(taken("runtime")), file = decoded(taken("model"));
  worker.postMessage({ runtime, model: file }, [runtime.buffer, file.buffer]);
}

function failed(error, said) {
  broken = { scores: [], error, said, ended: true };
  for (const reply of waiting.values()) reply(broken);
  waiting.clear();
  complain(reasonOf(broken));
}

// classify answers {text}, {file} or {width, height, bytes} with a task.Result.
async function classify(input) {
  await model;
  if (broken) return broken;
  return new Promise((reply) => {
    waiting.set(++questions, reply);
    worker.postMessage({ id: questions, input });
  });
}

// Words, in two languages.

const words = {
  language: ["中文", "English"],
  to: ["Switch to Chinese", "切换为英文"],
  skip: ["Skip to the content", "跳到正文"],
  overlay: ["Drop it anywhere", "松开即可"],
  drop: ["Drop pictures here", "把图片拖到这里"],
  hint: ["One or many, or paste one. JPEG, PNG, GIF or WebP.", "一张或多张均可，也可以直接粘贴。支持 JPEG、PNG、GIF、WebP。"],
  choose: ["Choose pictures", "选择图片"],
  promise: ["Nothing you drop here leaves this page.", "拖到这里的内容不会离开本页。"],
  pad: ["Drawing pad: draw with the mouse, a pen or a finger", "画板：用鼠标、笔或手指作画"],
  draw: ["Or draw here", "或在此手绘"],
  undo: ["Undo", "撤销"],
  clear: ["Clear", "清除"],
  drawing: ["Your drawing", "您的手绘"],
  write: ["Text to classify", "要识别的文字"],
  ask: ["Type or paste a sentence…", "输入或粘贴一句话……"],
  typed: ["Nothing you type leaves this page. A text file is answered line by line.", "输入的内容不会离开本页。文本文件会逐行作答。"],
  open: ["Open a text file", "打开文本文件"],
  examples: ["Or try one of these", "或者试试这些"],
  answer: ["Answer", "答案"],
  empty: ["The answer appears here", "答案会出现在这里"],
  looking: ["Looking…", "正在识别……"],
  starting: ["Starting…", "正在启动……"],
  noanswer: ["No answer", "没有答案"],
  sure: ["Probability {0}", "概率 {0}"],
  binary: ["Probability of {0}", "“{0}”的概率"],
  none: ["None of these", "都不是"],
  unsure: ["I don’t know", "不确定"],
  unsurewhy: ["The most probable answer is below the threshold that was set for this model.",
    "最可能的答案也没有达到为该模型设定的门槛。"],
  nonewhy: ["This is probably nothing that the model has learned.", "这多半不是该模型学过的东西。"],
  nearest: ["What comes nearest", "最接近的类别"],
  more: ["{0} more, {1} together", "另有 {0} 项，合计 {1}"],
  time: ["{0} in this page", "在本页内用时 {0}"],
  said: ["{0}: {1}", "{0}：{1}"],
  toolong: ["The text is too long: at most 1 MB is read.", "文字太长：最多读取 1 MB。"],
  toobig: ["{0} is too large: a text file may have up to 20 MB.", "{0} 太大：文本文件最大 20 MB。"],
  nolines: ["{0} holds no text.", "{0} 中没有文字。"],
  notutf8: ["{0} is not a text in UTF-8.", "{0} 不是 UTF-8 编码的文本。"],
  toomany: ["That is {0} at once. The first {1} are answered.", "一次输入了 {0} 项，只处理前 {1} 项。"],
  broken: ["The model could not be started. The browser says: {0}", "模型无法启动。浏览器提示：{0}"],
  summary: ["What was found", "识别汇总"],
  errors: ["Without an answer: {0}", "无法作答：{0} 项"],
  results: ["{0} results", "{0} 项结果"],
  running: ["{0} of {1} answered", "已完成 {0} / {1}"],
  stop: ["Stop", "停止"],
  csv: ["Download CSV", "下载 CSV"],
  picture: ["Picture", "图片"],
  input: ["Input", "输入"],
  label: ["Label", "标签"],
  probability: ["Probability", "概率"],
  took: ["Time", "用时"],
  card: ["About this model", "关于此模型"],
  labels: ["Labels", "标签"],
  accuracy: ["Accuracy", "准确率"],
  credit: ["Data", "数据来源"],
  held: ["on examples held back from training", "留出的示例"],
  estimate: ["on new ones, estimated by cross-validation", "对新内容，交叉验证估计"],
  weights: ["Weights", "权重"],
  stored: ["{0} numbers, {1}", "{0} 个参数，{1}"],
  exact: ["as trained", "与训练结果一致"],
  foot: ["Made with Wafer. This file works without a connection.", "由 Wafer 制作。本文件无需联网即可使用。"],
};
let chinese = /^zh/i.test(navigator.language ?? "");

const say = (key, ...args) => words[key][Number(chinese)].replace(/{(\d)}/g, (_, i) => args[i]);
// inChinese is a sentence of Wafer in Chinese, or the text where nobody knows better.
function inChinese(said, text) {
  const form = said && sentences[said.format];
  return !form ? text : form.replace(/{(\d)}/g, (_, i) => {
    const value = said.values[i], shown = inChinese(value.said, value.text);
    return sentences[shown] ?? shown;
  });
}

// reasonOf says why there is no answer, noteOf what there is to note.
function reasonOf(r) {
  const why = chinese ? inChinese(r.said, r.error) : r.error;
  return r.ended ? say("broken", why) : why;
}
const noteOf = (r) => chinese ? inChinese(r.noted, r.note) : r.note;

const translated = (en, zh) => (chinese && zh) || en;

// As Wafer's page writes numbers: only 0 and 1 are shown as 0% and 100%; a tie goes to the even digit.
function percent(probability) {
  const p = Math.fround(probability);
  if (p <= 0 || p >= 1) return p <= 0 ? "0%" : "100%";
  if (p < 0.001 || p > 0.999) return p < 0.001 ? "<0.1%" : ">99.9%";
  const v = 100 * p;
  return (v % 1 === 0.25 ? v - 0.05 : v).toFixed(1) + "%";
}

const millis = (ms) => ms < 1000 ? ms.toFixed(ms < 10 ? 1 : 0) + " ms" : (ms / 1000).toFixed(1) + " s";

// Names that data sets give their classes, such as exchange_rate, are shown as words.
function labelOf(m, i) {
  return translated(m.test_set && !m.base ? m.labels[i].replaceAll("_", " ") : m.labels[i], m.labels_zh?.[i]);
}

const noneOf = (r) => r.unsure ? "unsure" : "none";

const answerOf = (m, r) => r.rejected ? say(noneOf(r)) : labelOf(m, r.scores[0].index);

// Elements.

function element(name, className, ...children) {
  const e = document.createElement(name);
  e.className = className;
  e.append(...children);
  return e;
}

function bar(className, name, value, share) {
  const fill = element("span", "fill");
  fill.style.width = 100 * share + "%";
  const track = element("span", "track", fill);
  track.setAttribute("aria-hidden", "true");
  const words = [element("span", "name", name), element("span", "value number", value)];
  return element("li", "bar-row " + className, ...words, track);
}

function image(src, side) {
  return Object.assign(element("img", "tiny"), { src, alt: "", width: side, height: side, loading: "lazy" });
}

// What is asked: one input, which the panel shows, or many, which the table shows.

const atOnce = 1000;
let batch = null; // {items: [{name, image, input, result}], stopped, drawn}
const busy = (b) => !b.stopped && b.items.some((it) => !it.result);

async function ask(items, drawn = false) {
  if (broken) return complain(say("broken", broken));
  for (const it of batch?.items ?? []) if (it.image?.startsWith("blob:")) URL.revokeObjectURL(it.image);
  const now = batch = { items: items.slice(0, atOnce), drawn };
  complain(items.length > atOnce ? say("toomany", items.length, atOnce) : "");
  const m = await shown();
  for (const it of now.items) {
    if (batch !== now || now.stopped) return;
    it.result = await classify(it.input);
    if (batch === now) progress(m, now.items.indexOf(it));
  }
}

// shown renders the whole answer, as soon as the model is there.
async function shown() {
  render(await Promise.race([model, null]));
  const m = await model;
  render(m);
  return m;
}

// progress renders what one more answer changes.
function progress(m, i) {
  if (batch.items.length > 1) $("rows").children[i].replaceWith(row(m, batch.items[i]));
  renderHead();
  renderAnswer(m);
}

function nothing() {
  batch = null;
  complain("");
  shown();
}

function complain(why) {
  $("trouble").hidden = !why;
  $("trouble").textContent = why;
}

function askFiles(files, m) {
  if (m.kind === "text") return askLines(files[0]);
  return ask(files.map((file) => ({ name: file.name, image: URL.createObjectURL(file), input: { file } })));
}

async function askLines(file) {
  if (file.size > 20e6) return complain(say("toobig", file.name));
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return complain(say("notutf8", file.name));
  }
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  if (!lines.length) return complain(say("nolines", file.name));
  return ask(lines.map((line) => ({ name: line, input: { text: line } })));
}

function askText() {
  const text = $("text").value;
  if (new TextEncoder().encode(text).length > 1 << 20) return complain(say("toolong"));
  return text.trim() ? ask([{ name: "", input: { text } }]) : nothing();
}

// The panel with the answer to one input, or the sum of many.

function renderAnswer(m) {
  const items = batch?.items ?? [];
  const parts = items.length === 0 ? [emptyAnswer(m)] : items.length > 1 ? summary(m, items) : single(m, items[0]);
  $("body").replaceChildren(...parts);
  $("status").textContent = items.length === 1 && items[0].result ? spoken(m, items[0].result) : "";
}

function emptyAnswer(m) {
  return element("div", "answer-empty", element("h2", "", say(m ? "empty" : "starting")));
}

function spoken(m, r) {
  if (r.error) return reasonOf(r);
  return r.rejected ? say(noneOf(r)) : say("said", answerOf(m, r), percent(r.scores[0].probability));
}

function single(m, { name, image: src, result: r }) {
  const title = (text, under) => {
    const head = element("div", "answer-title", element("h2", "label", text));
    const file = batch.drawn ? say("drawing") : name;
    if (file) head.prepend(element("p", "file", file));
    if (under) head.append(element("p", "", under));
    return element("div", "answer-head", ...(src ? [image(src, 88)] : []), head);
  };
  if (!r || !m) return [title(say(m ? "looking" : "starting"))];
  if (r.error) return [title(say("noanswer")), element("p", "notice bad", reasonOf(r))];
  const best = labelOf(m, r.scores[0].index), share = percent(r.scores[0].probability);
  const head = r.rejected ? title(say(noneOf(r)), say(noneOf(r) + "why")) : title(best, say("sure", share));
  const note = r.note ? [element("p", "answer-note", noteOf(r))] : [];
  const foot = element("div", "answer-foot", element("span", "number", say("time", millis(r.ms))));
  const bars = !r.rejected ? scores(m, r)
    : element("details", "nearest", element("summary", "", say("nearest")), scores(m, r));
  return [head, bars, ...note, foot];
}

const most = 5; // bars; the rest is one line

function scores(m, r) {
  if (m.binary) return binary(m, r.scores.find((s) => s.index === 1).probability);
  const many = r.scores.length > most + 1, rest = many ? r.scores.slice(most) : [];
  const rows = r.scores.slice(0, many ? most : undefined).map((s, i) =>
    bar(i || r.rejected ? "" : "first", labelOf(m, s.index), percent(s.probability), s.probability));
  const list = element("div", "", element("ul", "bars" + (r.rejected ? " dim" : ""), ...rows));
  if (many) {
    const share = percent(rest.reduce((sum, s) => sum + s.probability, 0));
    list.append(element("p", "answer-note faint", say("more", rest.length, share)));
  }
  return list;
}

function binary(m, p) {
  const row = bar("first", say("binary", labelOf(m, 1)), percent(p), p);
  const ends = element("div", "ends", element("span", "", labelOf(m, 0)), element("span", "", labelOf(m, 1)));
  ends.setAttribute("aria-hidden", "true");
  return element("div", "binary", element("ul", "bars", row), ends);
}

function summary(m, items) {
  const counts = new Map(), answered = items.filter((it) => it.result && !it.result.error);
  for (const it of m ? answered : []) counts.set(answerOf(m, it.result), (counts.get(answerOf(m, it.result)) ?? 0) + 1);
  const list = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
  const wrong = items.filter((it) => it.result?.error).length;
  return [element("h2", "", say("summary")),
    element("ul", "bars", ...list.map(([name, n]) => bar("", name, String(n), n / items.length))),
    ...(wrong ? [element("p", "answer-note", say("errors", wrong))] : [])];
}

// The table of many.

function row(m, { name, image: src, result: r }) {
  const cells = [element("td", "name", name)];
  cells[0].title = name;
  if (src) cells.unshift(element("td", "picture", image(src, 40)));
  if (!r || r.error) {
    cells.push(Object.assign(element("td", r ? "error" : "faint", r ? reasonOf(r) : "…"), { colSpan: 3 }));
  } else {
    cells.push(element("td", "", element("span", "label", answerOf(m, r))),
      element("td", "right number", percent(r.scores[0].probability)),
      element("td", "right number faint", millis(r.ms)));
  }
  return element("tr", "", ...cells);
}

function renderTable(m) {
  const items = batch?.items ?? [];
  $("results").hidden = items.length < 2 || !m;
  if ($("results").hidden) return;
  const keys = [...(m.kind === "image" ? ["picture"] : []), "input", "label", "probability", "took"];
  $("columns").replaceChildren(...keys.map((key) => {
    const className = key === "probability" || key === "took" ? "right" : "";
    return Object.assign(element("th", className, say(key)), { scope: "col" });
  }));
  $("rows").replaceChildren(...items.map((it) => row(m, it)));
}

function renderHead() {
  const all = batch?.items.length ?? 0, done = batch?.items.filter((it) => it.result).length ?? 0;
  $("count").textContent = done < all ? say("running", done, all) : say("results", all);
  $("scroll").setAttribute("aria-label", $("count").textContent);
  $("stop").hidden = $("done").hidden = !batch || !busy(batch);
  Object.assign($("done"), { max: Math.max(all, 1), value: done });
  $("done").setAttribute("aria-label", $("count").textContent);
}

// RFC 4180 with a mark that Excel knows UTF-8 by; what it would take for a formula is text.
function csv(m) {
  const cell = (v) => {
    const s = String(v), safe = /^[=+\-@\t\r]/.test(s) && typeof v === "string" ? "'" + s : s;
    return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = batch.items.map(({ name, result: r }) => {
    if (!r || r.error) return [name, "", "", "", r ? reasonOf(r) : ""];
    return [name, m.labels[r.scores[0].index], Math.fround(r.scores[0].probability), Boolean(r.rejected), ""];
  });
  const head = ["input", "label", "probability", "rejected", "error"];
  return "\ufeff" + [head, ...lines].map((line) => line.map(cell).join(",") + "\r\n").join("");
}

function download(name, text) {
  const a = element("a", "");
  a.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

// The drawing pad: white strokes on black, as package browser draws them.

const strokes = [];

function draw() {
  const pad = $("pad"), c = pad.getContext("2d", { willReadFrequently: true });
  c.fillRect(0, 0, pad.width, pad.height);
  Object.assign(c, { strokeStyle: "#fff", lineWidth: 22, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) {
    c.beginPath();
    c.moveTo(...stroke[0]);
    for (const point of [...stroke.slice(1), stroke.at(-1)]) c.lineTo(...point);
    c.stroke();
  }
  $("undo").disabled = $("clear").disabled = !strokes.length;
  return c;
}

function drawn() {
  const { width, height, data } = draw().getImageData(0, 0, 280, 280);
  if (!strokes.length) return nothing();
  const bytes = new Uint8Array(data.buffer);
  return ask([{ name: "", image: $("pad").toDataURL("image/png"), input: { width, height, bytes } }], true);
}

function listenToThePad() {
  const pad = $("pad"), at = (e) => {
    const box = pad.getBoundingClientRect();
    return [(e.clientX - box.left) * pad.width / box.width, (e.clientY - box.top) * pad.height / box.height];
  };
  let pointer = null;
  pad.onpointerdown = (e) => {
    if (pointer !== null || e.button) return;
    e.preventDefault();
    pointer = e.pointerId;
    pad.setPointerCapture(pointer);
    strokes.push([at(e)]);
    draw();
  };
  pad.onpointermove = (e) => {
    if (pointer !== e.pointerId) return;
    strokes.at(-1).push(...(e.getCoalescedEvents?.().map(at) ?? []), at(e));
    draw();
  };
  pad.onpointerup = pad.onpointercancel = (e) => {
    if (pointer !== e.pointerId) return;
    pointer = null;
    drawn();
  };
  $("undo").onclick = () => { strokes.pop(); drawn(); };
  $("clear").onclick = () => { strokes.length = 0; drawn(); };
  draw();
}

// The page.

const named = $("title").textContent; // by who exported it, or as the model calls itself

function facts(m) {
  const rows = [["labels", m.labels.map((_, i) => labelOf(m, i)).join(" · ")]];
  const measure = m.measure ? say(m.measure) : m.test_set;
  if (m.accuracy) rows.push(["accuracy", (100 * m.accuracy).toFixed(1) + "%" + (measure ? ` (${measure})` : "")]);
  if (m.credit) rows.push(["credit", m.credit]);
  rows.push(["weights", say("stored", m.params.toLocaleString("en"), weights || say("exact"))]);
  const pair = ([key, value]) => [element("dt", "", say(key)), element("dd", "", value)];
  $("facts").replaceChildren(...rows.flatMap(pair));
}

// render shows everything in the language in use. m is null while the model starts.
function render(m) {
  document.documentElement.lang = chinese ? "zh" : "en";
  for (const e of document.querySelectorAll("[data-say]")) e.textContent = say(e.dataset.say);
  Object.assign($("language"), { textContent: say("language"), title: say("to"), lang: chinese ? "en" : "zh" });
  $("text").placeholder = say("ask");
  $("text").setAttribute("aria-label", say("write"));
  $("pad").setAttribute("aria-label", say("pad"));
  $("answer").setAttribute("aria-label", say("answer"));
  if (m) {
    document.title = $("title").textContent = named === m.title ? translated(m.title, m.title_zh) : named;
    $("about").textContent = translated(m.about ?? "", m.about_zh);
    facts(m);
  }
  renderTable(m);
  renderHead();
  renderAnswer(m);
}

function listenForFiles(m) {
  const files = (list) => {
    const all = [...list];
    if (all.length) askFiles(all, m);
    return all.length > 0;
  };
  $("file").accept = m.kind === "text" ? ".txt,text/plain" : "image/*";
  $("choose").onclick = $("open").onclick = () => $("file").click();
  $("file").onchange = () => { files($("file").files); $("file").value = ""; };
  const over = (on) => (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (on) document.body.dataset.dragging = "";
    else delete document.body.dataset.dragging;
  };
  addEventListener("dragover", over(true));
  addEventListener("dragleave", over(false));
  addEventListener("drop", (event) => { over(false)(event); files(event.dataTransfer.files); });
  addEventListener("paste", (event) => { if (files(event.clipboardData.files)) event.preventDefault(); });
}

function listenForTexts(m) {
  let timer;
  $("text").oninput = () => { clearTimeout(timer); timer = setTimeout(askText, 150); };
  $("examples").hidden = !m.examples?.length;
  $("chips").replaceChildren(...(m.examples ?? []).map((text) => {
    const chip = Object.assign(element("button", "sample-text", text), { type: "button" });
    chip.onclick = () => { $("text").value = text; askText(); };
    return chip;
  }));
}

render(null);
$("language").onclick = () => { chinese = !chinese; shown(); };
$("stop").onclick = () => { batch.stopped = true; renderHead(); };
model.then((m) => {
  URL.revokeObjectURL(script);
  render(m);
  $(m.kind === "text" ? "texts" : "pictures").hidden = false;
  $("csv").onclick = () => download((named || "wafer") + ".csv", csv(m));
  listenForFiles(m);
  if (m.kind === "text") listenForTexts(m);
  else if (m.drawing) {
    $("drawing").hidden = false;
    $("pictures").classList.add("with-pad");
    listenToThePad();
  }
});
