// Applies the patches that ui/dom writes (ui/dom/program.go lists the opcodes).
// No eval and no handlers from strings. innerHTML is used only for markup that
// is fixed in a template, through one Trusted Types policy.
(() => {
  'use strict';
  const NAMESPACES = { svg: 'http://www.w3.org/2000/svg', math: 'http://www.w3.org/1998/Math/MathML' };
  const policy = globalThis.trustedTypes?.createPolicy('taster-static', { createHTML: s => s }) ?? { createHTML: s => s };
  const utf8 = new TextDecoder();

  // Attributes that browsers copy to a property only at first.
  const FLAGS = new Set(['checked', 'selected', 'disabled', 'open', 'indeterminate']);
  const URLS = new Set(['href', 'src', 'action', 'formaction']);
  const SCHEMES = new Set(['http:', 'https:', 'blob:', 'file:']);

  // A bitmap holds nothing but pixels.
  const isPicture = (n, name, value) => n.localName === 'img' && name === 'src' && value.startsWith('data:image/bmp;base64,');

  function refused(n, name, value) {
    if (/^on/i.test(name) || name === 'srcdoc') return true;
    if (isPicture(n, name, value)) return false;
    return URLS.has(name) && !SCHEMES.has(new URL(value, document.baseURI).protocol);
  }

  function setAttribute(n, name, value) {
    if (refused(n, name, value)) {
      console.error(`dom.js: refused attribute ${name}`);
      n.removeAttribute(name);
      return;
    }
    if (FLAGS.has(name) && name in n) n[name] = true;
    n.setAttribute(name, value);
    if (name === 'value' && 'value' in n && n.value !== value) n.value = value; // what was typed, too
  }

  function delAttribute(n, name) {
    if (FLAGS.has(name) && name in n) n[name] = false;
    n.removeAttribute(name);
  }

  // What a handler in Go may ask of an event: copying everything would cost
  // kilobytes (innerHTML is a property, too).
  function summary(event) {
    const out = { type: event.type };
    for (const k of ['key', 'code', 'ctrlKey', 'shiftKey', 'altKey', 'metaKey', 'button', 'clientX', 'clientY', 'offsetX', 'offsetY', 'deltaY']) {
      if (event[k] !== undefined) out[k] = event[k];
    }
    const t = event.target;
    if (!t) return out;
    out.target = {};
    for (const k of ['id', 'value', 'checked', 'selectedIndex', 'open', 'scrollTop', 'scrollLeft']) {
      if (t[k] !== undefined) out.target[k] = t[k];
    }
    return out;
  }

  function reader(bytes) {
    let at = 0;
    const number = () => {
      let value = 0, scale = 1, b;
      do {
        b = bytes[at++];
        value += (b & 127) * scale;
        scale *= 128;
      } while (b & 128);
      return value;
    };
    const string = () => {
      const n = number();
      at += n;
      return n === 0 ? '' : utf8.decode(bytes.subarray(at - n, at));
    };
    return { number, string, more: () => at < bytes.length };
  }

  function mount(selector, onEvent) {
    const root = document.querySelector(selector);
    root.replaceChildren();
    const nodes = new Map([[0, root]]);
    const ids = new WeakMap();
    const listeners = new WeakMap(); // node -> Map of event type -> function
    let patching = false, waiting = [], selects = [];

    // An event that a patch itself causes waits: Go is still inside Render.
    function fire(id, event) {
      if (patching) waiting.push([id, event.type, summary(event), event]);
      else onEvent(id, event.type, summary(event), event);
    }
    function deliver() {
      const events = waiting;
      waiting = [];
      for (const e of events) onEvent(...e);
    }
    function forget(n) {
      nodes.delete(ids.get(n));
      for (let c = n.firstChild; c; c = c.nextSibling) forget(c);
    }
    function forgetChildren(n) {
      for (let c = n.firstChild; c; c = c.nextSibling) forget(c);
    }
    function place(parent, after, n) {
      const before = after === 0 ? parent.firstChild : nodes.get(after).nextSibling;
      if (n.isConnected && parent.moveBefore) parent.moveBefore(n, before); // keeps focus
      else parent.insertBefore(n, before);
    }
    function add(parent, after, id, n) {
      nodes.set(id, n);
      ids.set(n, id);
      place(parent, after, n);
    }
    function listen(id, type) {
      const n = nodes.get(id), f = event => fire(id, event);
      if (!listeners.has(n)) listeners.set(n, new Map());
      listeners.get(n).set(type, f);
      n.addEventListener(type, f);
    }

    function step(op, first, number, string) {
      const n = nodes.get(first);
      switch (op) {
        case 1: { const after = number(), id = number(), ns = NAMESPACES[string()], tag = string(); add(n, after, id, ns ? document.createElementNS(ns, tag) : document.createElement(tag)); break; }
        case 2: { const after = number(), id = number(); add(n, after, id, document.createTextNode(string())); break; }
        case 3: { const after = number(); place(n, after, nodes.get(number())); break; }
        case 4: forget(n); n.remove(); break;
        case 5: n.data = string(); break;
        case 6: { const name = string(), value = string(); setAttribute(n, name, value); if (name === 'value' && n.tagName === 'SELECT') selects.push([n, value]); break; }
        case 7: delAttribute(n, string()); break;
        case 8: { const name = string(), value = JSON.parse(string()); if (n[name] !== value) n[name] = value; break; }
        case 9: listen(first, string()); break;
        case 10: { const type = string(), of = listeners.get(n); n.removeEventListener(type, of.get(type)); of.delete(type); break; }
        case 11: forgetChildren(n); n.textContent = string(); break;
        case 12: forgetChildren(n); n.innerHTML = policy.createHTML(string()); break;
        default: throw Error(`dom.js: opcode ${op}`);
      }
    }

    function patch(buffer, length) {
      const { number, string, more } = reader(buffer.subarray(0, length));
      patching = true;
      try {
        while (more()) step(number(), number(), number, string);
        for (const [n, value] of selects) n.value = value; // its options are there now
        selects = [];
      } finally {
        patching = false;
      }
      if (waiting.length) queueMicrotask(deliver);
    }
    return { patch, node: id => nodes.get(id) };
  }
  globalThis.tasterDOM = { mount };
})();
