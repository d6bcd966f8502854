// Starts the page: compiles the program while it downloads, runs it, fetches
// the samples, and then shuts the page off from the network for good.
//
// For Go and for tests it leaves on globalThis
//   tasterBoot     {app: WebAssembly.Module, kernel: another one or null,
//                  script: Blob, worker: its TrustedScriptURL}
//   tasterSamples  Map of address -> Blob, filled when all samples are there
//   tasterShield() Promise of {cut, policy, requests, digest}: see below
//   tasterTimes    ms since navigation: compiled, started, rendered, sealed
(() => {
  'use strict';
  const times = globalThis.tasterTimes = {};
  const mark = name => { times[name] = performance.now(); performance.mark(`taster-${name}`); };
  const samples = globalThis.tasterSamples = new Map();

  // The worker's text is kept in memory, so that a worker that was ended to
  // cancel a run is replaced without a request.
  const known = new Set();
  const policy = globalThis.trustedTypes?.createPolicy('taster-url', {
    createScriptURL: url => {
      if (!known.has(url)) throw TypeError(`boot.js: not a script of ours: ${url}`);
      return url;
    },
  }) ?? { createScriptURL: url => url };

  function fatal(message) {
    const p = document.getElementById('fatal');
    p.textContent = message;
    p.hidden = false;
    const status = document.querySelector('[data-testid="status"]');
    if (status) status.dataset.state = 'error';
  }

  function missing() {
    if (typeof WebAssembly !== 'object' || !WebAssembly.compileStreaming) return 'WebAssembly';
    if (typeof Worker !== 'function') return 'Web Workers';
    if (typeof DecompressionStream !== 'function' && document.querySelector('script[data-gzip]')) return 'DecompressionStream';
    if (!Blob.prototype.arrayBuffer) return 'Blob.arrayBuffer';
    return typeof Go === 'function' ? '' : 'wasm_exec.js, which the server did not send';
  }

  // In the page that is one file, data blocks hold what a server would send:
  // base64, with gzip where that is smaller.
  function embedded(block) {
    const bytes = Uint8Array.from(atob(block.textContent), c => c.charCodeAt(0));
    const plain = new Blob([bytes]).stream();
    const body = 'gzip' in block.dataset ? plain.pipeThrough(new DecompressionStream('gzip')) : plain;
    return new Response(body, { headers: { 'Content-Type': block.dataset.type } });
  }

  async function get(url) {
    const block = document.querySelector(`script[data-file="${url}"]`);
    if (block) return embedded(block);
    const answer = await fetch(url);
    if (!answer.ok) throw Error(`${url}: the server answered ${answer.status}`);
    return answer;
  }

  async function workerScript() {
    const parts = await Promise.all(['wasm_exec.js', 'kernel.js', 'worker.js'].map(async url => (await get(url)).text()));
    return new Blob(parts.flatMap(p => [p, '\n']), { type: 'text/javascript' });
  }

  // simdKernel is null in a browser without SIMD.
  async function simdKernel() {
    const bytes = await (await get('kernel.wasm')).arrayBuffer();
    return WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : null;
  }

  async function fetchSamples() {
    const list = await (await get('samples/index.json')).json();
    const blobs = await Promise.all(list.map(async url => [url, await (await get(url)).blob()]));
    for (const [url, blob] of blobs) samples.set(url, blob);
  }

  // The browser may ask for the icon again at any time: give it a copy.
  async function keepIcon() {
    const link = document.querySelector('link[rel="icon"]');
    if (link.href.startsWith('data:')) return;
    link.href = URL.createObjectURL(await (await get(link.href)).blob());
  }

  // The hosted page keeps a copy of itself, to open without a network. A newer
  // one waits until the user takes it.
  async function keepPage() {
    if (!document.querySelector('link[rel="manifest"]') || !navigator.serviceWorker) return;
    known.add('sw.js');
    const kept = await navigator.serviceWorker.register(policy.createScriptURL('sw.js'));
    const offer = () => { if (kept.waiting && navigator.serviceWorker.controller) document.getElementById('update').hidden = false; };
    kept.addEventListener('updatefound', () => kept.installing?.addEventListener('statechange', offer));
    offer();
    document.querySelector('#update button').addEventListener('click', () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
      kept.waiting?.postMessage('use');
    });
    await installed(kept.installing);
  }

  // The copy must be complete before the page is cut off: its requests are the
  // service worker's own, but a page that was closed would end them.
  const installed = worker => new Promise(done => {
    if (!worker) return done();
    worker.addEventListener('statechange', () => { if (worker.state !== 'installing') done(); });
  });

  // seal adds a policy to the one of the server. It cannot be taken back: from
  // now on nothing in this page, and in the workers it starts, may connect to
  // anything, its own server included.
  function seal() {
    const meta = document.createElement('meta');
    meta.httpEquiv = 'Content-Security-Policy';
    meta.content = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data: blob:; worker-src blob:; connect-src 'none'";
    document.head.append(meta);
    mark('sealed');
  }

  // The program's SHA-256 in hexadecimal, to compare with the published one.
  let digest = Promise.resolve('');
  async function sha256(bytes) {
    const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return [...sum].map(b => b.toString(16).padStart(2, '0')).join('');
  }

  let requests = 0;
  const target = 'https://taster-selftest.invalid/';
  function count(list) {
    for (const e of list.getEntries()) {
      if (times.sealed !== undefined && e.startTime > times.sealed && /^https?:/.test(e.name) && e.name !== target) requests++;
    }
  }

  // shield tries to reach another server and reports whether the policy refused
  // it, which policies did, and how many requests left the page since the seal.
  async function shield() {
    const seen = new Set();
    const note = e => { if (e.blockedURI.startsWith(target.slice(0, -1))) seen.add(e.originalPolicy); };
    document.addEventListener('securitypolicyviolation', note);
    let reached = true;
    try {
      await fetch(target, { mode: 'no-cors', cache: 'no-store' });
    } catch {
      reached = false;
    }
    for (let i = 0; i < 20 && !reached && seen.size === 0; i++) await new Promise(done => setTimeout(done, 50));
    document.removeEventListener('securitypolicyviolation', note);
    return { cut: !reached && seen.size > 0, policy: [...seen].join('\n\n'), requests, digest: await digest };
  }
  globalThis.tasterShield = shield;

  async function start() {
    const lack = missing();
    if (lack) return fatal(`Taster cannot start: this browser or this page lacks ${lack}.`);
    new PerformanceObserver(count).observe({ type: 'resource', buffered: true });
    const program = await get('app.wasm'), twin = program.clone();
    const [app, kernel, script] = await Promise.all([WebAssembly.compileStreaming(program), simdKernel(), workerScript()]);
    mark('compiled');
    const url = URL.createObjectURL(script);
    known.add(url);
    globalThis.tasterBoot = { app, kernel, script, worker: policy.createScriptURL(url) };
    const go = new Go();
    const instance = await joinKernel(app, go.importObject, null); // the page itself does not compute
    mark('started');
    go.run(instance).then(stopped, stopped); // returns when the first render is done
    mark('rendered');
    digest = twin.arrayBuffer().then(sha256).catch(() => '');
    await Promise.all([fetchSamples(), keepIcon(), keepPage().catch(e => console.warn(`no copy for offline use: ${e.message}`))]);
    seal();
  }

  const stopped = () => fatal('Taster stopped. Reload the page; your files are not changed.');
  addEventListener('error', e => { if (e.error instanceof WebAssembly.RuntimeError) stopped(); });
  start().catch(e => fatal(`Taster cannot start: ${e.message}`));
})();
