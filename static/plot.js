// The scatter: points on a canvas that the page's components own, under their
// SVG axes. Go calls tasterPlot.draw(canvas, xy, mark, ring); the functions
// onhover(row), onwindow(x0, x1, y0, y1), onpick(rows, tool) and ontoggle(row)
// are set by Go, and so is tool: pan, box or lasso. Colours come from
// the tokens in style.css. Marks: 0 to 7 the palette, 8 other, 9 outside of the
// chosen class, 10 to 14 the steps of a score. Ringed rows are drawn last.
(() => {
  'use strict';
  const SHAPED = 30_000; // above this, squares() paints the points
  const MARKS = 15;
  const ORDER = [9, 8, 0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14];
  const base = document.createElement('canvas'), layer = base.getContext('2d'); // the points, painted once for each view
  let canvas, screen, context, xy, mark, ring, w, h, image, pixels; // w and h are the canvas in CSS pixels
  let home = [0, 1, 0, 1], view = home; // x0, x1, y0, y1
  let hovered = -1, frame = 0, drag = null, colours = [], words = [], stale = true;
  const api = globalThis.tasterPlot = { draw, tool: 'pan', onhover() {}, onwindow() {}, onpick() {}, ontoggle() {} };

  function readColours() {
    // A token may be light-dark(a, b): as the colour of an element it is resolved.
    const get = name => { canvas.style.color = `var(${name})`; return getComputedStyle(canvas).color; };
    colours = [...Array(8).keys()].map(i => get(`--t-k${i + 1}`));
    colours.push(get('--t-ink-3'), get('--t-faint'), ...[...Array(5).keys()].map(i => get(`--t-n${i}`)));
    colours.ink = get('--t-ink');
    colours.surface = get('--t-surface');
    words = colours.map(word);
  }

  // word is a colour as four bytes of an image, a little transparent.
  function word(colour, mark) {
    const [r, g, b] = colour.match(/[\d.]+/g).map(Number);
    return (Math.round((mark === 9 ? 0.55 : 0.85) * 255) << 24 | b << 16 | g << 8 | r) >>> 0;
  }

  // The data's box, widened by a twentieth.
  function bounds() {
    const b = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < xy.length; i++) {
      if (!Number.isFinite(xy[i])) continue;
      const k = i % 2 * 2;
      if (xy[i] < b[k]) b[k] = xy[i];
      if (xy[i] > b[k + 1]) b[k + 1] = xy[i];
    }
    for (const k of [0, 2]) {
      if (!(b[k] <= b[k + 1])) { b[k] = 0; b[k + 1] = 1; }
      const pad = (b[k + 1] - b[k]) / 20 || 0.5;
      b[k] -= pad;
      b[k + 1] += pad;
    }
    return b;
  }

  function draw(target, points, marks, rings) {
    const fresh = target !== canvas, moved = fresh || !same(points);
    if (fresh) attach(target);
    xy = points;
    mark = marks;
    ring = rings;
    readColours();
    if (moved) {
      home = bounds();
      show(home);
    }
    hovered = -1;
    repaint();
  }

  function same(points) {
    if (!xy || xy.length !== points.length) return false;
    for (let i = 0; i < xy.length; i++) if (!Object.is(xy[i], points[i])) return false;
    return true;
  }

  function show(box) {
    view = box;
    api.onwindow(...box);
    repaint();
  }

  function request() {
    frame ||= requestAnimationFrame(() => { frame = 0; paint(); });
  }

  function repaint() {
    stale = true;
    request();
  }

  // The place of row i in pixels.
  const rx = i => (xy[2 * i] - view[0]) / (view[1] - view[0]) * w;
  const ry = i => (view[3] - xy[2 * i + 1]) / (view[3] - view[2]) * h;

  function paint() {
    const ratio = devicePixelRatio || 1;
    w = canvas.clientWidth;
    h = canvas.clientHeight;
    if (!w || !h || !xy) return;
    const width = Math.round(w * ratio), height = Math.round(h * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = base.width = width;
      canvas.height = base.height = height;
      stale = true;
    }
    if (stale) points(ratio);
    context = screen;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.drawImage(base, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (hovered >= 0) target(hovered);
    if (drag?.path) loop(drag.path);
  }

  function points(ratio) {
    stale = false;
    context = layer;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, w, h);
    const rows = byMark();
    if (mark.length > SHAPED) squares(rows, ratio);
    else for (const m of ORDER) fill(rows[m], m, size(m));
    rings(rows[MARKS]);
  }

  const size = m => m === 9 ? 1.2 : xy.length / 2 > 8000 ? 1.6 : 2.4;

  // Rows inside the window by mark, the ringed ones last in an own list.
  function byMark() {
    const rows = Array.from({ length: MARKS + 1 }, () => []);
    for (let i = 0; i < mark.length; i++) {
      const x = xy[2 * i], y = xy[2 * i + 1];
      if (x >= view[0] && x <= view[1] && y >= view[2] && y <= view[3]) rows[ring[i] ? MARKS : mark[i]].push(i);
    }
    return rows;
  }

  function fill(rows, m, r) {
    if (!rows.length) return;
    context.fillStyle = colours[m];
    context.globalAlpha = m === 9 ? 1 : 0.85;
    context.beginPath();
    for (const i of rows) outline(m, rx(i), ry(i), r);
    context.fill();
    context.globalAlpha = 1;
  }

  // squares writes the pixels of many points itself: a canvas without a GPU
  // takes ten times as long to fill as many rectangles.
  function squares(rows, ratio) {
    if (image?.width === base.width && image.height === base.height) pixels.fill(0);
    else pixels = new Uint32Array((image = context.createImageData(base.width, base.height)).data.buffer);
    const side = Math.max(2, Math.round(2 * ratio)), kx = w * ratio / (view[1] - view[0]), ky = h * ratio / (view[3] - view[2]);
    for (const m of ORDER) {
      const colour = words[m];
      for (const i of rows[m]) {
        const x = Math.round((xy[2 * i] - view[0]) * kx - side / 2), y = Math.round((view[3] - xy[2 * i + 1]) * ky - side / 2);
        for (let v = Math.max(y, 0); v < Math.min(y + side, image.height); v++) {
          for (let u = Math.max(x, 0); u < Math.min(x + side, image.width); u++) pixels[v * image.width + u] = colour;
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  // The first six colours have a shape of their own.
  function outline(m, x, y, r) {
    const c = context, s = r * 0.9;
    switch (m) {
      case 1: c.rect(x - s, y - s, 2 * s, 2 * s); break;
      case 2: c.moveTo(x, y - r * 1.2); c.lineTo(x + r * 1.1, y + s); c.lineTo(x - r * 1.1, y + s); c.closePath(); break;
      case 3: c.moveTo(x, y - r * 1.3); c.lineTo(x + r * 1.3, y); c.lineTo(x, y + r * 1.3); c.lineTo(x - r * 1.3, y); c.closePath(); break;
      case 4: c.rect(x - r * 0.4, y - r * 1.2, r * 0.8, r * 2.4); c.rect(x - r * 1.2, y - r * 0.4, r * 2.4, r * 0.8); break;
      case 5:
        for (const k of [r, -r]) {
          c.moveTo(x - k, y - r * 0.6); c.lineTo(x - k * 0.6, y - r); c.lineTo(x + k, y + r * 0.6); c.lineTo(x + k * 0.6, y + r); c.closePath();
        }
        break;
      default: c.moveTo(x + r, y); c.arc(x, y, r, 0, 6.2832);
    }
  }

  // Suspects: larger, with a gap and a ring.
  function rings(rows) {
    const r = mark.length > SHAPED ? 2 : 3;
    const groups = Array.from({ length: MARKS }, () => []);
    for (const i of rows) groups[mark[i]].push(i);
    context.strokeStyle = colours.ink;
    context.lineWidth = 1;
    groups.forEach((group, m) => {
      fill(group, m, r);
      context.globalAlpha = group.length > 1500 ? 0.35 : 0.8;
      context.beginPath();
      for (const i of group) {
        const x = rx(i), y = ry(i);
        context.moveTo(x + r + 1.5, y);
        context.arc(x, y, r + 1.5, 0, 6.2832);
      }
      context.stroke();
      context.globalAlpha = 1;
    });
  }

  function target(i) {
    const x = rx(i), y = ry(i);
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, y, 8, 0, 6.2832);
    for (const [u, v] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
      context.moveTo(x + 8 * u, y + 8 * v);
      context.lineTo(x + 14 * u, y + 14 * v);
    }
    context.stroke();
  }

  function loop(path) {
    context.strokeStyle = colours.ink;
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    context.beginPath();
    path.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.stroke();
    context.setLineDash([]);
  }

  // Rows of the shown class within a polygon in pixels, by even and odd
  // crossings of a ray.
  function inside(path) {
    const rows = [];
    for (let i = 0; i < mark.length; i++) {
      if (mark[i] === 9) continue;
      const x = rx(i), y = ry(i);
      let odd = false;
      for (let a = 0, b = path.length - 1; a < path.length; b = a++) {
        const [ax, ay] = path[a], [bx, by] = path[b];
        if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) odd = !odd;
      }
      if (odd) rows.push(i);
    }
    return Int32Array.from(rows);
  }

  // The nearest row in a direction, from the one under the cross or the middle.
  function step(dx, dy) {
    const from = hovered >= 0 ? [rx(hovered), ry(hovered)] : [w / 2, h / 2];
    let best = -1, least = Infinity;
    for (let i = 0; i < mark.length; i++) {
      const x = rx(i) - from[0], y = ry(i) - from[1], along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (i === hovered || mark[i] === 9 || along <= aside) continue;
      const d = along + 2 * aside;
      if (d < least) { least = d; best = i; }
    }
    if (best >= 0) hover(best);
  }

  function nextRing() {
    for (let k = 1; k <= mark.length; k++) {
      const i = (hovered + k + mark.length) % mark.length;
      if (ring[i]) { hover(i); return; }
    }
  }

  // The nearest row within 10 px; one outside of the class only when nothing else is there.
  function nearest(mx, my) {
    let best = -1, least = 100;
    for (let i = 0; i < mark.length; i++) {
      const dx = rx(i) - mx, dy = ry(i) - my;
      const d = dx * dx + dy * dy + (mark[i] === 9 ? 60 : 0);
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  function hover(i) {
    if (i === hovered) return;
    hovered = i;
    api.onhover(i);
    request();
  }

  function zoom(factor, mx, my) {
    const share = (view[1] - view[0]) / (home[1] - home[0]) * factor;
    if (share < 1e-4 || share > 20) return;
    const x = view[0] + (view[1] - view[0]) * mx, y = view[3] - (view[3] - view[2]) * my;
    show([x - (x - view[0]) * factor, x + (view[1] - x) * factor, y - (y - view[2]) * factor, y + (view[3] - y) * factor]);
  }

  function pan(dx, dy) {
    const x = (view[1] - view[0]) * dx, y = (view[3] - view[2]) * dy;
    show([view[0] + x, view[1] + x, view[2] + y, view[3] + y]);
  }

  const KEYS = {
    '+': () => zoom(0.8, 0.5, 0.5), '-': () => zoom(1.25, 0.5, 0.5), '0': () => show(home),
    ArrowLeft: e => e.shiftKey ? pan(-0.1, 0) : step(-1, 0), ArrowRight: e => e.shiftKey ? pan(0.1, 0) : step(1, 0),
    ArrowUp: e => e.shiftKey ? pan(0, 0.1) : step(0, -1), ArrowDown: e => e.shiftKey ? pan(0, -0.1) : step(0, 1),
    n: nextRing, ' ': () => { if (hovered >= 0) api.ontoggle(hovered); },
  };

  function extend(x, y) {
    const [[x0, y0]] = drag.path;
    if (drag.tool === 'box') drag.path = [[x0, y0], [x, y0], [x, y], [x0, y]];
    else drag.path.push([x, y]);
    request();
  }

  function attach(target) {
    canvas = target;
    screen = canvas.getContext('2d');
    xy = null;
    new ResizeObserver(request).observe(canvas);
    canvas.addEventListener('keydown', event => {
      const act = KEYS[event.key.replace('=', '+')];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      act(event);
    });
    canvas.addEventListener('wheel', event => {
      if (!xy) return;
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.0015), event.offsetX / w, event.offsetY / h);
    }, { passive: false });
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId);
      const tool = event.shiftKey ? 'box' : api.tool;
      drag = { x: event.clientX, y: event.clientY, tool, path: tool === 'pan' ? null : [[event.offsetX, event.offsetY]] };
    });
    canvas.addEventListener('pointermove', event => {
      if (!xy) return;
      if (!drag) { hover(nearest(event.offsetX, event.offsetY)); return; }
      if (drag.path) { extend(event.offsetX, event.offsetY); return; }
      pan((drag.x - event.clientX) / w, (event.clientY - drag.y) / h);
      Object.assign(drag, { x: event.clientX, y: event.clientY });
    });
    canvas.addEventListener('pointerup', () => {
      const { path, tool } = drag ?? {};
      drag = null;
      if (path?.length > 2) api.onpick(inside(path), tool);
      request();
    });
    canvas.addEventListener('pointercancel', () => { drag = null; request(); });
    canvas.addEventListener('pointerleave', () => hover(-1));
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (!xy || !canvas.isConnected) return; // a canvas that left the page has no colours
    readColours();
    repaint();
  });
})();
