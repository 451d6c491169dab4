// Serves the pages of the benchmark on the loopback interface, cross-origin isolated (for threads and for
// timers of 5 µs), and takes their results.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

// folders: what /first-part-of-the-path/ stands for.
export function serve(folders) {
  const waiting = new Map(); // id -> function of (error, result)
  const settle = (id, error, result) => {
    const f = waiting.get(id);
    waiting.delete(id);
    f?.(error, result);
  };

  const server = http.createServer((req, res) => {
    const [, first, ...rest] = decodeURIComponent(new URL(req.url, 'http://x').pathname).split('/');
    for (const h in ISOLATED) res.setHeader(h, ISOLATED[h]);
    if (first === 'result' && req.method === 'POST') {
      const parts = [];
      req
        .on('data', (d) => parts.push(d))
        .on('end', () => {
          res.end();
          settle(rest[0], null, JSON.parse(Buffer.concat(parts)));
        });
    } else if (first === 'alive') {
      // the page holds this open; it closes when the page crashes
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      res.on('close', () => settle(rest[0], new Error('the page crashed')));
    } else {
      const root = folders[first],
        file = root && path.join(root, ...rest);
      if (!file?.startsWith(root + path.sep) || !fs.statSync(file, { throwIfNoEntry: false })?.isFile())
        return void res.writeHead(404).end('not found');
      res.writeHead(200, {
        'Content-Type': TYPES[path.extname(file)] || 'application/octet-stream',
        'Content-Length': fs.statSync(file).size,
      });
      fs.createReadStream(file).pipe(res);
    }
  });

  return new Promise((ready) =>
    server.listen(0, '127.0.0.1', () =>
      ready({
        url: `http://127.0.0.1:${server.address().port}`,
        // result of the page with this id
        result: (id, ms) =>
          new Promise((resolve, reject) => {
            const timer = setTimeout(() => settle(id, new Error(`no result after ${ms / 1000} s`)), ms);
            waiting.set(id, (error, result) => {
              clearTimeout(timer);
              error ? reject(error) : resolve(result);
            });
          }),
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      }),
    ),
  );
}
