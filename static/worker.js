// Boots the analysis in a worker. boot.js puts wasm_exec.js and kernel.js
// in front of this text. The page posts {boot: WebAssembly.Module, kernel:
// another one or null, script: Blob of this}; then Go answers messages.
// When it ends, the page hears {exit: code, message}.

// readBytes reads a part of a file into the bytes that Go has at hand, and
// returns how many there were. A large buffer is then given away to nobody,
// which frees it at once: a worker that computes collects garbage only
// after gigabytes were read.
const sync = new FileReaderSync();
const { port1: nobody, port2: closed } = new MessageChannel();
closed.close();
const free = buffer => { if (buffer.byteLength >= 1 << 20) nobody.postMessage(null, [buffer]); };
globalThis.readBytes = (file, from, to, into) => {
  const buffer = sync.readAsArrayBuffer(file.slice(from, to));
  const length = buffer.byteLength;
  into.set(new Uint8Array(buffer));
  free(buffer);
  return length;
};

// digest is the SHA-256 of a file that fits in memory, in hexadecimal. Browsers
// offer it to pages of trustworthy origins only.
globalThis.digest = globalThis.crypto?.subtle && (async file => {
  const buffer = await file.arrayBuffer();
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', buffer));
  free(buffer);
  return [...sum].map(b => b.toString(16).padStart(2, '0')).join('');
});

onmessage = async ({ data }) => {
  onmessage = null;
  globalThis.tasterBoot = data;
  let cause = '';
  const log = console.log;
  console.log = (...line) => {
    if (/^(panic|fatal error): /.test(line[0])) cause ||= String(line[0]);
    log(...line);
  };
  let code = 0;
  try {
    const go = new Go();
    go.exit = c => { code = c; };
    await go.run(await joinKernel(data.boot, go.importObject, data.kernel));
  } catch (e) {
    code = -1;
    cause ||= String(e);
  }
  postMessage({ exit: code, message: cause });
};
