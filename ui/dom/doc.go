// Package dom brings the browser's page in line with what Vugu components
// build, by difference. It takes the place of vugu/domrender, which needs eval,
// resends the whole page at every render, replaces static markup each time (so
// that open details close and selections are lost), and deadlocks when an event
// fires inside a render.
//
// [Tree] is plain Go: it compares a build with the one before and writes a patch,
// a byte program. [Renderer], which exists only in the browser, hands that
// program to static/dom.js. So what a render costs and does is tested natively.
//
// # Identity
//
// Children of one parent are matched by tag and by their data-key attribute.
// Rows of a list that are inserted, removed or reordered should carry a
// data-key: then they keep their elements, with focus, scroll position and
// whatever else the browser holds in them, and as few of them as possible are
// moved. Without keys, children of one tag are matched in order.
//
// # Text
//
// As in JSX, white space between tags is dropped when it holds a line break and
// kept when it does not. So `<b>a</b> <i>b</i>` keeps its space, and a space
// across two lines of a template must be written as &#32; or set by margins.
//
// Text from vg-content is escaped by Vugu; here it is recognised by having no
// "<" and assigned as text, so data never reaches innerHTML. Only markup that
// is fixed in a template does. An element whose content is the constant ""
// belongs to JavaScript: what is put into it stays.
//
// # Properties
//
// A property (`.value="c.Text"`) can be changed but not taken back: an element
// has the same properties at every build. It is assigned when the build's value
// changes, so what the user typed stays until then.
//
// # Locks
//
// An event handler runs inside the browser's event, with the lock of EventEnv
// held. It must not wait for anything, and nothing may hold that lock while it
// waits. Events that a patch itself causes (blur of a removed field) are
// delivered after the patch.
package dom
