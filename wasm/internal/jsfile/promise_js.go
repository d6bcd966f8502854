package jsfile

import (
	"errors"
	"syscall/js"
)

// Await waits for a promise. It must not run inside an event handler.
func Await(promise js.Value) (js.Value, error) { return Callback(promise, "then") }

// Callback calls a method that takes a success and a failure function, and
// waits for one of them. It must not run inside an event handler.
func Callback(of js.Value, method string) (js.Value, error) {
	type answer struct {
		v   js.Value
		err error
	}
	done := make(chan answer, 1)
	ok := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- answer{v: args[0]}
		return nil
	})
	fail := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- answer{err: errors.New(text(args[0].Get("message")))}
		return nil
	})
	defer ok.Release()
	defer fail.Release()
	of.Call(method, ok, fail)
	a := <-done
	return a.v, a.err
}

func text(v js.Value) string {
	if v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}
