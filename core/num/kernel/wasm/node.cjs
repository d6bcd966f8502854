// Lets tests of Go programs run with the SIMD kernel in Node:
//
//   NODE_OPTIONS=--require=.../node.cjs go test -tags simd -exec=go_js_wasm_exec ...
//
// It stands between Go's own start script and WebAssembly.
const fs = require('fs');
const path = require('path');
require('../../../../static/kernel.js');

const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (bytes, imports) => {
  WebAssembly.instantiate = instantiate;
  const kernel = new WebAssembly.Module(fs.readFileSync(path.join(__dirname, 'kernel.wasm')));
  return { instance: await joinKernel(new WebAssembly.Module(bytes), imports, kernel) };
};
