package state

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"taster/core"
	"taster/core/report"
)

// CaseField is a field of a case that the user fills in.
type CaseField string

// The fields.
const (
	CaseTitle   CaseField = "title"
	CaseClient  CaseField = "client"
	CaseAuditor CaseField = "auditor"
	CaseScope   CaseField = "scope"
	CaseNotes   CaseField = "notes"
)

type (
	// CaseFilled brings the text of a field of the case.
	CaseFilled struct {
		Field CaseField
		Text  string
	}
	// SectionToggled leaves a section out of the report, or takes it in.
	SectionToggled struct{ ID string }
	// AppendixToggled prints the appendix, or leaves it to the screen.
	AppendixToggled struct{}
	// CaseSaved asks for the case as a file.
	CaseSaved struct{}
	// CaseOpened brings a case that was saved, and the report in it or nil.
	CaseOpened struct {
		Name    string
		File    *report.CaseFile
		Earlier *report.Earlier
	}
	// FileSaved says that a file was written, and its SHA-256 in hexadecimal.
	FileSaved struct{ Name, SHA256 string }
)

// field is where the text of a field stands; nil: there is none of this name.
func (in *Session) field(f CaseField) *string {
	switch f {
	case CaseTitle:
		return &in.Case.Title
	case CaseClient:
		return &in.Case.Client
	case CaseAuditor:
		return &in.Case.Auditor
	case CaseScope:
		return &in.Case.Scope
	case CaseNotes:
		return &in.Case.Notes
	}
	return nil
}

// CaseText is the text of a field.
func (in *Session) CaseText(f CaseField) string {
	if at := in.field(f); at != nil {
		return *at
	}
	return ""
}

func (msg CaseFilled) apply(m *Model) []Effect {
	if at := m.field(msg.Field); at != nil {
		*at, m.Unsaved = msg.Text, true
	}
	return nil
}

func (msg SectionToggled) apply(m *Model) []Effect {
	out := slices.Clone(m.Case.Without)
	if i := slices.Index(out, msg.ID); i >= 0 {
		out = slices.Delete(out, i, i+1)
	} else {
		out = append(out, msg.ID)
	}
	m.Case.Without, m.Unsaved = out, true
	return nil
}

func (AppendixToggled) apply(m *Model) []Effect {
	m.Case.Print, m.Unsaved = !m.Case.Print, true
	return nil
}

func (CaseSaved) apply(m *Model) []Effect {
	return []Effect{SaveCase{Name: caseName(m.Case.Title) + ".taster.json", Input: m.input(), File: report.CaseFile{
		Roles: maps.Clone(m.Roles), Params: maps.Clone(m.Params), Digests: m.Given}}}
}

// caseName makes a name for a file of a title.
func caseName(title string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return r
		case unicode.IsSpace(r):
			return '-'
		}
		return -1
	}, strings.TrimSpace(title))
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60])
	}
	if name == "" {
		return "case"
	}
	return name
}

// apply takes what the user had said and decided. Parameters and roles that do
// not exist are left out. The report of the case is what the next run is
// compared with.
func (msg CaseOpened) apply(m *Model) []Effect {
	m.Case, m.Dispositions = msg.File.Case, map[string]report.Disposition{}
	maps.Copy(m.Dispositions, msg.File.Dispositions)
	for _, check := range slices.Sorted(maps.Keys(msg.File.Params)) {
		for name, value := range msg.File.Params[check] {
			ParamSet{Check: check, Name: name, Value: value}.apply(m)
		}
	}
	m.Refused = ""
	roles := core.RolesOf(m.Catalog.Subjects)
	for path, role := range msg.File.Roles {
		if slices.Contains(roles, role) {
			m.Roles[path] = role
		}
	}
	if msg.File.Digests != "" {
		DigestsGiven{msg.File.Digests}.apply(m)
	}
	if msg.Earlier != nil {
		EarlierGiven{msg.Name, msg.Earlier}.apply(m)
	}
	m.Stale, m.Unsaved = len(m.Files) > 0, false
	m.Announce, m.Notice = "Case opened", ""
	if len(m.Files) == 0 {
		m.Notice = "The case is open. Drop its files again to go on: what changed since will be shown."
	}
	m.show(Report)
	return nil
}

const mostSaves = 8

func (msg FileSaved) apply(m *Model) []Effect {
	m.Saves = append([]FileSaved{msg}, m.Saves...)
	m.Saves = m.Saves[:min(len(m.Saves), mostSaves)]
	m.Unsaved = false
	m.Announce = msg.Name + " saved"
	return nil
}

// Front is the first page of the report as it would be saved now.
func (m *Model) Front() report.Front { return report.NewFront(m.input()) }
