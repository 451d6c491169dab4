// Drives compiled modules (package nn/compile) in a browser's worker or under Node, on
// several threads. The same file is the program of the further threads, which are workers of
// the one that loads it: both ends of what they say to each other stand here. Package run
// evaluates it unless waferRun is there already, as on a page whose policy forbids that.
"use strict";
{
  const threadName = "wafer-thread";
  const node = globalThis.process?.versions?.node ? globalThis.require?.("worker_threads") : null;

  // A thread's mailbox: words of memory that it shares with the thread that drives it.
  const SEQ = 0;     // counts what is asked of the thread
  const MODE = 1;    // what the thread is doing:
  const AWAKE = 0;   //   it looks at SEQ now and then
  const ASLEEP = 1;  //   it waits on SEQ
  const PARKED = 2;  //   it waits for messages
  const PROGRAM = 2; // number of the program to take part in, 0: none
  const THREADS = 3; // how many take part
  const CALL = 4;    // not 0: there are messages, stop looking at SEQ
  // The state of a program.
  const READY = 0;   // threads that have it
  const FAILED = 1;  // not 0: one of them could not finish its share

  const spins = 4000;  // looks at SEQ before a thread sleeps
  const patience = 50; // ms that it sleeps before it parks

  // A thread's program: takes shares of steps until the tab ends.
  function help(port) {
    const programs = new Map();
    let box, thread, done = 0;
    port.onmessage = ({ data }) => {
      if (data.box) ({ box, thread } = data);
      else if (data.add) add(data);
      else if (data.remove) remove(data);
      else serve();
    };

    // A thread that has no room for a program does not report it ready; others then do without.
    function add({ add: id, module, memory, state, barrier }) {
      try {
        const { step } = new WebAssembly.Instance(module, { env: { memory } }).exports;
        programs.set(id, { step, memory, state, barrier });
        Atomics.add(state, READY, 1);
      } catch (error) {
        console.error(error);
      }
    }

    function remove({ remove: id, bytes }) {
      programs.delete(id);
      remind(bytes);
    }

    function serve() {
      Atomics.store(box, CALL, 0);
      while (wanted()) {
        done = Atomics.load(box, SEQ);
        Atomics.store(box, MODE, AWAKE);
        const p = programs.get(Atomics.load(box, PROGRAM));
        if (p) share(p);
        if (Atomics.load(box, CALL) && parked()) return;
      }
    }

    function share(p) {
      try {
        p.step(thread, Atomics.load(box, THREADS));
      } catch (error) {
        console.error(error);
        Atomics.store(p.state, FAILED, 1);
        abort(p);
      }
    }

    // Waits until SEQ moves; false: it did not for a while, and the thread is parked.
    function wanted() {
      for (let i = spins; i > 0; i--) if (Atomics.load(box, SEQ) !== done) return true;
      for (;;) {
        Atomics.store(box, MODE, ASLEEP);
        const outcome = Atomics.wait(box, SEQ, done, patience);
        if (Atomics.load(box, SEQ) !== done) return true;
        if (outcome === "timed-out" && parked()) return false;
      }
    }

    // From here on the driver sends a message; what it asked for a moment earlier stands in SEQ.
    function parked() {
      Atomics.store(box, MODE, PARKED);
      return Atomics.load(box, SEQ) === done;
    }
  }

  // abort frees everybody who waits at a program's barrier: step then traps.
  function abort({ memory, barrier }) {
    const words = new Int32Array(memory.buffer);
    Atomics.store(words, barrier.abort / 4, 1);
    Atomics.add(words, barrier.generation / 4, 1);
    Atomics.notify(words, barrier.generation / 4);
  }

  // Engines do not count this memory when they decide whether to collect garbage, nor the
  // gigabytes of addresses that V8 keeps free around every memory, of which it has for about a
  // hundred. A buffer that they do count makes them collect in time. 120 times 64 MB made and
  // dropped leave Chromium with at most 130 MB more than one, and with 1300 MB without this.
  const enough = 64 << 20;   // bytes dropped since the last reminder that are worth one
  const atLeast = enough / 32; // that a program counts for
  let dropped = 0;
  function remind(bytes) {
    dropped += Math.max(bytes, atLeast);
    if (dropped < enough) return;
    dropped = 0;
    if (node) return collect();
    try { new ArrayBuffer(enough); } catch { /* then there is every reason to collect */ }
  }

  // Node takes no hints, but orders.
  let gc;
  function collect() {
    if (!gc) {
      require("v8").setFlagsFromString("--expose-gc");
      gc = require("vm").runInNewContext("gc");
    }
    gc();
  }

  // The driver's end of a thread.
  class Helper {
    constructor(thread) {
      this.box = new Int32Array(new SharedArrayBuffer(64));
      this.box[MODE] = PARKED;
      this.worker = startWorker();
      this.worker.postMessage({ box: this.box, thread });
    }

    // wake makes the thread take part in a step.
    wake(program, threads) {
      const { box } = this;
      Atomics.store(box, PROGRAM, program);
      Atomics.store(box, THREADS, threads);
      Atomics.add(box, SEQ, 1);
      switch (Atomics.exchange(box, MODE, AWAKE)) {
        case ASLEEP: Atomics.notify(box, SEQ); break;
        case PARKED: this.worker.postMessage(0);
      }
    }

    tell(message) {
      this.worker.postMessage(message);
      this.call();
    }

    // call sends the thread to its messages, once it has done its share.
    call() {
      const { box } = this;
      Atomics.store(box, CALL, 1);
      Atomics.store(box, PROGRAM, 0);
      Atomics.add(box, SEQ, 1);
      if (Atomics.load(box, MODE) === ASLEEP) Atomics.notify(box, SEQ);
    }
  }

  const helpers = []; // of all programs; helpers[i] is thread i + 1
  let broken = "";    // why there can be no helpers

  // startWorker returns the port of a new thread. A page that has set pageStartsThreads in its
  // worker is asked to start it: Firefox may wait for ever when a worker starts a worker, since
  // the new one can take the wake-up call that its parent waits for.
  function startWorker() {
    const failed = (error) => { broken = error.message || "a thread could not be started"; };
    if (node) {
      const worker = new node.Worker(waferRun.source, { eval: true, workerData: threadName });
      worker.unref();
      return worker.on("error", failed);
    }
    const url = waferRun.url || URL.createObjectURL(new Blob([waferRun.source], { type: "text/javascript" }));
    const { port1, port2 } = new MessageChannel();
    if (self.pageStartsThreads) {
      self.postMessage({ thread: url, name: threadName, port: port2 }, [port2]);
      return port1;
    }
    const worker = new Worker(url, { name: threadName });
    worker.onerror = failed;
    worker.postMessage(0, [port2]);
    return port1;
  }

  // A compiled module in a memory of its own, as package run and benchmarks drive it.
  class Program {
    static last = 0;

    // Shared memory is made here, in just the size that the module asks for; a module for one
    // thread brings its own. alone tells that more threads had nothing to do.
    constructor({ code, pages, threads, alone, inputs, outputs, barrier }) {
      const module = new WebAssembly.Module(code);
      const shared = threads > 1;
      this.memory = shared ? new WebAssembly.Memory({ initial: pages, maximum: pages, shared }) : null;
      this.exports = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports;
      this.memory ??= this.exports.memory;
      this.bytes = new Uint8Array(this.memory.buffer);
      Object.assign(this, { id: ++Program.last, most: threads, team: 1, alone, inputs, outputs, barrier });
      if (shared) this.join(module);
    }

    // join hands the module to the helpers. Until all have it, steps run on one thread.
    join(module) {
      this.state = new Int32Array(new SharedArrayBuffer(8));
      while (helpers.length < this.most - 1) helpers.push(new Helper(helpers.length + 1));
      const { id, memory, state, barrier } = this;
      for (const h of this.helpers()) h.tell({ add: id, module, memory, state, barrier });
    }

    helpers() { return helpers.slice(0, this.most - 1); }

    // threads is how many the next step runs on.
    threads() {
      if (this.team < this.most) {
        if (Atomics.load(this.state, READY) === this.most - 1) this.team = this.most;
        else for (const h of this.helpers()) h.call();
      }
      return this.team;
    }

    // step runs the whole graph once; what it returns, if anything, is why it failed.
    step() {
      const threads = this.team < this.most ? this.threads() : this.team;
      for (let i = 1; i < threads; i++) helpers[i - 1].wake(this.id, threads);
      try {
        this.exports.step(0, threads);
      } catch (error) {
        return this.failed(error, threads);
      }
      if (threads > 1 && this.state[FAILED]) return this.failed(new Error("a helper thread failed"), threads);
    }

    // A program that failed on several threads goes on with one: that one needs no barrier.
    failed(error, threads) {
      this.most = this.team = 1;
      if (threads === 1) return error.message;
      abort(this);
      if (this.state[FAILED]) return "one of the threads failed: " + error.message;
      return /unreachable/i.test(error.message) ? "one of the threads does not answer" : error.message;
    }

    prepare() { this.exports.prepare(); }
    put(param, row, rows) { this.exports.put(param, row, rows); }
    write(offset, n) { this.bytes.set(waferRun.staging.subarray(0, n), offset); }
    read(offset, n) { waferRun.staging.set(this.bytes.subarray(offset, offset + n)); }

    // close drops whatever holds the memory.
    close() {
      const bytes = this.bytes.length;
      if (this.state) for (const h of helpers) h.tell({ remove: this.id, bytes });
      remind(bytes);
      this.memory = this.exports = this.bytes = this.state = null;
    }
  }

  // A function () → v128.
  const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0,
    65, 0, 253, 15, 253, 98, 11];

  const waferRun = {
    url: "",    // of this file, for the threads, or
    source: "", // its text
    staging: new Uint8Array(1 << 18), // what Go and a module's memory exchange goes through here
    simd: WebAssembly.validate(new Uint8Array(simd)),
    // threads is how many can share memory here.
    threads() {
      if (broken || typeof SharedArrayBuffer === "undefined") return 1;
      if (node) return require("os").cpus().length;
      const mayWait = self.WorkerGlobalScope && self.Worker; // a page's main thread may not
      return self.crossOriginIsolated && mayWait ? navigator.hardwareConcurrency || 1 : 1;
    },
    program: (options) => new Program(options),
  };

  if (node?.workerData === threadName) help(node.parentPort);
  else if (!node && self.name === threadName) self.onmessage = ({ ports }) => help(ports[0]);
  else globalThis.waferRun = waferRun;
}
