//go:build !js

package browsertest

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"
)

// ErrMemory means that this system does not tell what a process holds.
var ErrMemory = errors.New("the memory of a process cannot be read here")

// Memory is how many bytes of its own the tab's process holds after a garbage
// collection: page, worker, both WebAssembly memories, compiled code, and what
// the browser keeps for them. Unlike the sizes that JavaScript reports, nothing
// is left out. Of several renderers it is the one that holds most.
func (p *Page) Memory() (int64, error) {
	p.t.Helper()
	call(p, heapprofiler.CollectGarbage, cdp.Empty{})
	info, err := chromedp.CallBrowser(p.ctx, systeminfo.GetProcessInfo, cdp.Empty{})
	if err != nil {
		p.t.Fatal(err)
	}
	var most int64
	for _, process := range info.ProcessInfo {
		if process.Type != "renderer" {
			continue
		}
		n, err := private(process.ID)
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
}

// private is the memory of a process that it shares with no other, in bytes.
func private(pid int64) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrMemory, err)
	}
	var sum int64
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "Private_Dirty:" && f[0] != "Private_Clean:" && f[0] != "Swap:" {
			continue
		}
		kb, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrMemory, err)
		}
		sum += kb << 10
	}
	return sum, nil
}
