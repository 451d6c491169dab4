"use strict";
// A file system for Go in a browser: reads go to the test's folder through the
// tool's server, writes only to standard output and error.
const enosys = () => Object.assign(new Error("not implemented"), { code: "ENOSYS" });
const enoent = () => Object.assign(new Error("no such file"), { code: "ENOENT" });
self.pageStartsThreads = true; // for package run
const open = new Map();
let next = 100;
const text = new TextDecoder();

function get(path) {
  const request = new XMLHttpRequest();
  request.open("GET", "/file?path=" + encodeURIComponent(path), false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) return null;
  return { directory: request.getResponseHeader("X-Directory") === "true", bytes: new Uint8Array(request.response) };
}

function stat(file) {
  const mode = file.directory ? 0o40755 : 0o100644;
  return {
    dev: 0, ino: 0, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size: file.bytes.length, blksize: 4096, blocks: 1,
    atimeMs: 0, mtimeMs: 0, ctimeMs: 0, isDirectory: () => file.directory,
  };
}

function print(fd, bytes) {
  postMessage({ to: fd === 2 ? "stderr" : "stdout", body: text.decode(bytes) });
}

globalThis.fs = {
  constants: { O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_TRUNC: 512, O_APPEND: 1024, O_EXCL: 128, O_DIRECTORY: 65536 },
  writeSync(fd, bytes) { print(fd, bytes); return bytes.length; },
  write(fd, bytes, offset, length, position, done) {
    if (fd !== 1 && fd !== 2) return done(enosys());
    print(fd, bytes.slice(offset, offset + length));
    done(null, length);
  },
  open(path, flags, mode, done) {
    if (flags & 3) return done(enosys());
    const file = get(path);
    if (!file) return done(enoent());
    open.set(++next, { ...file, at: 0 });
    done(null, next);
  },
  read(fd, buffer, offset, length, position, done) {
    const file = open.get(fd);
    if (!file) return done(enosys());
    const from = position === null ? file.at : position;
    const part = file.bytes.subarray(from, from + length);
    buffer.set(part, offset);
    if (position === null) file.at += part.length;
    done(null, part.length);
  },
  close(fd, done) { open.delete(fd); done(null); },
  fstat(fd, done) { const file = open.get(fd); file ? done(null, stat(file)) : done(enosys()); },
  stat(path, done) { const file = get(path); file ? done(null, stat(file)) : done(enoent()); },
  lstat(path, done) { this.stat(path, done); },
  readdir(path, done) {
    const file = get(path);
    if (!file || !file.directory) return done(enoent());
    done(null, text.decode(file.bytes).split("\n").filter(Boolean));
  },
  fsync(fd, done) { done(null); },
};
for (const name of ["chmod", "chown", "fchmod", "fchown", "ftruncate", "lchown", "link", "mkdir", "readlink",
  "rename", "rmdir", "symlink", "truncate", "unlink", "utimes"]) {
  globalThis.fs[name] = (...args) => args[args.length - 1](enosys());
}

async function run() {
  const setup = await (await fetch("/setup")).json();
  importScripts("/wasm_exec.js");
  globalThis.process.cwd = () => setup.dir;
  const go = new Go();
  go.argv = setup.args;
  go.env = { TMPDIR: "/tmp", HOME: "/" };
  go.exit = (code) => { globalThis.status = code; };
  const { instance } = await WebAssembly.instantiateStreaming(fetch("/program.wasm"), go.importObject);
  await go.run(instance);
  postMessage({ to: "exit", body: String(globalThis.status || 0) });
}

run().catch((error) => postMessage({ to: "exit", body: "1 " + (error.stack || error) }));
