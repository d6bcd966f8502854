// Joins a Go program to the SIMD kernel, which works on the program's memory.
// Each needs the other first: so the program imports functions of this file, and
// they call the kernel as soon as it is there. Without a kernel they answer 0,
// which tells the program to use its own loops.
globalThis.joinKernel = async (app, imports, kernel) => {
  const targets = {};
  imports.kernel = {};
  for (const { module, name } of WebAssembly.Module.imports(app)) {
    if (module !== 'kernel') continue;
    let f = () => 0;
    targets[name] = target => { f = target; };
    imports.kernel[name] = (a, b, c, d, e, g, h, i) => f(a, b, c, d, e, g, h, i);
  }
  const instance = await WebAssembly.instantiate(app, imports);
  if (!kernel) return instance;
  const { exports } = await WebAssembly.instantiate(kernel, { env: { memory: instance.exports.mem } });
  for (const name in targets) targets[name](exports[name]);
  return instance;
};
