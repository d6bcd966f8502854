// What the bench does inside the real page: it makes files, hands them to the
// page's own input, and watches how the page keeps up.
globalThis.feel = (() => {
  'use strict';
  const $ = id => document.querySelector(`[data-testid="${id}"]`);
  const state = () => $('status')?.dataset.state;
  const until = test => new Promise(done => {
    const look = () => test() ? done() : setTimeout(look, 20);
    look();
  });

  function add(...files) {
    const list = new DataTransfer();
    for (const f of files) list.items.add(f);
    $('status').dataset.state = 'from the bench';
    $('file-input').files = list.files;
    $('file-input').dispatchEvent(new Event('change'));
  }

  function array(name, kind, shape, values) {
    let head = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
    head += ' '.repeat(63 - (10 + head.length) % 64) + '\n';
    const magic = Uint8Array.of(0x93, 78, 85, 77, 80, 89, 1, 0, head.length & 255, head.length >> 8);
    return new File([magic, head, values], name);
  }

  // random is the same in every run.
  function floats(n) {
    let seed = 1;
    return Float32Array.from({ length: n }, () => (seed = seed * 48271 % 2147483647) / 2147483647);
  }
  // layer is rows as the layer before the last of a classifier has them: never
  // negative, about the mean of their class, varying along few directions.
  function layer(rows, cols, k) {
    const means = floats(k * cols), axes = floats(4 * cols), noise = floats(rows + 65_537), out = new Float32Array(rows * cols);
    for (let i = 0, at = 0; i < rows; i++) {
      const mean = i % k * cols, t = [0, 1, 2, 3].map(h => (noise[i * 7 + h * 13 & 65_535] - 0.5) * 4 / (h + 1));
      for (let j = 0; j < cols; j++, at++) {
        let v = 2 * means[mean + j] - 0.5 + (noise[(at * 31 >>> 0) % noise.length] - 0.5);
        for (let h = 0; h < 4; h++) v += t[h] * (axes[h * cols + j] - 0.5);
        out[at] = Math.max(v, 0);
      }
    }
    return out;
  }
  // shares are rows of two values that add up to 1.
  const shares = n => floats(2 * n).map((v, i, all) => i % 2 ? 1 - all[i - 1] : v);
  const classes = (n, k) => Uint8Array.from({ length: n }, (_, i) => i % k);

  // frames watches the frames of so many ms; step is called before each.
  async function frames(ms, step = () => {}) {
    const start = await new Promise(requestAnimationFrame);
    let last = start, count = 0, longest = 0;
    while (last - start < ms) {
      step(count);
      const now = await new Promise(requestAnimationFrame);
      longest = Math.max(longest, now - last);
      last = now;
      count++;
    }
    return { perSecond: 1000 * count / (last - start), longest };
  }

  let made = [];
  async function clear() {
    $('clear')?.click();
    await until(() => state() === 'idle');
  }

  return {
    ready: () => until(() => globalThis.tasterReady === true && globalThis.tasterTimes.sealed),

    // scatter shows n points where the sample has its own.
    async scatter(n) {
      $('sample-backdoor').click();
      await until(() => state() === 'done' && $('plot-projection'));
      location.hash = '#/map';
      const marks = Uint8Array.from({ length: n }, (_, i) => i % 8), rings = new Uint8Array(n);
      await new Promise(requestAnimationFrame);
      tasterPlot.draw($('plot-projection'), floats(2 * n), marks, rings);
      const box = $('plot-projection').getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    },
    watch(ms) {
      globalThis.seen = null;
      frames(ms).then(f => { globalThis.seen = f; });
    },

    // scroll lists n rows and moves down through all of them.
    async scroll(n, ms) {
      await clear();
      add(array('oos_pred_probs.npy', '<f4', [n, 2], shares(n)), array('labels.npy', '|u1', [n], classes(n, 2)));
      await until(() => state() === 'done');
      location.hash = '#/map';
      const choose = (id, value) => {
        $(id).value = value;
        $(id).dispatchEvent(new Event('change', { bubbles: true }));
      };
      choose('row-filter', 'all');
      await until(() => $('rows')?.getAttribute('aria-rowcount') === String(n + 1));
      await new Promise(done => setTimeout(done, 500)); // the list is laid out
      const window = $('rows-window');
      const seen = new Set();
      const out = await frames(ms, i => {
        window.scrollTop = (i * 7919 % 1000) / 1000 * window.scrollHeight;
        seen.add($('rows').querySelector('tbody tr[data-row]')?.dataset.row);
      });
      return { ...out, places: seen.size };
    },

    // What is made is not part of what is measured.
    async makeRows(rows, cols) {
      await clear();
      made = [array('activations.npy', '<f4', [rows, cols], layer(rows, cols, 10)), array('labels.npy', '|u1', [rows], classes(rows, 10))];
      return true;
    },
    async makeFiles(n) {
      await clear();
      made = Array.from({ length: n }, (_, i) => new File(['N.'], `file-${i}.pkl`));
      return true;
    },

    // analyse runs over the files for so many ms, then cancels, and says how
    // long that took.
    async analyse(ms) {
      add(...made);
      await until(() => state() === 'working');
      await new Promise(done => setTimeout(done, ms));
      if (state() !== 'working') throw Error('the run ended before it was cancelled');
      const start = performance.now();
      $('cancel').click();
      await until(() => state() !== 'working');
      return performance.now() - start;
    },

    // whole runs every check over the files to the end. steps are the ms that
    // the page named each step.
    async whole() {
      const start = performance.now(), steps = {};
      let last = start;
      add(...made);
      await until(() => {
        const now = performance.now(), step = $('status').textContent.split(/ ·| with /)[0];
        steps[step] = (steps[step] ?? 0) + now - last;
        last = now;
        return state() === 'done';
      });
      return { time: last - start, steps };
    },

    // drop reads the files.
    async drop() {
      const start = performance.now();
      add(...made);
      await until(() => state() === 'done');
      return performance.now() - start;
    },
  };
})();
