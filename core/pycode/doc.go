// Package pycode reads Python source code as far as it must to say what the
// code loads, runs, fetches and starts, and on which line. It splits the text
// into lexemes and reads calls with their arguments; it is no parser of Python,
// accepts what Python does not, and runs nothing.
//
// Names are resolved over the whole file: imports with their aliases, names
// that are bound once, modules and functions that are looked up by a text. What
// is built at run time, functions of other files and code inside data are not
// followed. calls.txt lists the calls that it knows.
//
// Reference: The Python Language Reference, "Lexical analysis".
package pycode
