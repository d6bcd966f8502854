package loadercode

import (
	"fmt"
	"strings"
	"unicode"

	"taster/core"
)

// pythonTags is how the tags of PyYAML for Python objects begin.
const pythonTags = "tag:yaml.org,2002:python/"

// tag judges a tag of YAML.
func (s *session) tag(t *core.Text) error {
	tag, around, _ := strings.Cut(t.Value, "\n")
	severity, saw := judgeTag(tag)
	if severity == core.Info {
		return nil
	}
	short := strings.Replace(tag, "tag:yaml.org,2002:", "!!", 1)
	return s.report(&ruleTag, t, severity, fmt.Sprintf("The tag %.100q", short), saw, around)
}

// judgeTag says how bad a tag is; Info is nothing.
func judgeTag(tag string) (core.Severity, string) {
	if rest, found := strings.CutPrefix(tag, pythonTags); found {
		return judgePython(rest)
	}
	for _, form := range hyperForms {
		if name, found := strings.CutPrefix(tag, form.prefix); found {
			if o := judge(pythonName(name)); o.grade > form.least {
				return o.grade.severity(), fmt.Sprintf("HyperPyYAML %s %.100q. %s", form.does, name, o.why)
			}
			return core.Info, ""
		}
	}
	for _, f := range foreign {
		if strings.HasPrefix(tag, f.prefix) {
			return f.severity, f.saw
		}
	}
	return core.Info, ""
}

// hyperForms are the tags of HyperPyYAML, which SpeechBrain reads its models
// with.
var hyperForms = []struct {
	prefix, does string
	least        grade // up to which nothing is said
}{
	{"!new:", "makes an object of", unknown},
	{"!apply:", "calls", unknown},
	{"!name:", "imports", doubted},
	{"!module:", "imports", doubted},
}

// foreign are tags by which loaders of other languages make objects.
var foreign = []struct {
	prefix   string
	severity core.Severity
	saw      string
}{
	{"tag:yaml.org,2002:js/function", core.High, "A loader of JavaScript makes a function of the text."},
	{"tag:yaml.org,2002:java.", core.High, "A loader of Java makes an object of the class."},
	{"tag:yaml.org,2002:javax.", core.High, "A loader of Java makes an object of the class."},
	{"tag:yaml.org,2002:com.sun.", core.High, "A loader of Java makes an object of the class."},
	{"tag:yaml.org,2002:org.", core.Medium, "A loader of Java makes an object of the class."},
	{"tag:yaml.org,2002:ruby/", core.Medium, "A loader of Ruby makes an object of the class."},
	{"tag:ruby.yaml.org,2002:", core.Medium, "A loader of Ruby makes an object of the class."},
	{"!ruby/", core.Medium, "A loader of Ruby makes an object of the class."},
}

// judgePython judges a tag of PyYAML, without what all of them begin with.
func judgePython(rest string) (core.Severity, string) {
	form, name, _ := strings.Cut(rest, ":")
	name = pythonName(name)
	switch form {
	case "none", "bool", "str", "unicode", "bytes", "int", "long", "float", "complex", "list", "tuple", "dict":
		return core.Info, ""
	case "module":
		return judgeModule(name)
	case "name":
		switch o := judge(name); {
		case o.grade >= abused:
			return core.High, fmt.Sprintf("PyYAML imports %.100q. %s", name, o.why)
		case o.grade >= unknown:
			return core.Low, fmt.Sprintf("PyYAML imports %.100q. %s", name, o.why)
		}
		return core.Info, ""
	case "object", "object/new", "object/apply":
		o := judge(name)
		switch o.grade {
		case vetted:
			return core.Info, ""
		case unknown:
			return core.Medium, fmt.Sprintf("PyYAML imports %.100q and calls it. %s", name, o.why)
		}
		return max(o.grade.severity(), core.High), fmt.Sprintf("PyYAML imports %.100q and calls it. %s", name, o.why)
	}
	return core.Medium, "It is no tag that PyYAML is known to have."
}

// judgeModule judges the import of a whole module.
func judgeModule(name string) (core.Severity, string) {
	switch o := judge(name + ".*"); {
	case o.grade >= abused:
		return core.High, fmt.Sprintf("PyYAML imports the module %.100q. %s", name, o.why)
	case o.grade == doubted:
		return core.Medium, fmt.Sprintf("PyYAML imports the module %.100q. %s", name, o.why)
	}
	return core.Low, fmt.Sprintf("PyYAML imports the module %.100q, which runs what stands in it.", name)
}

// pythonName is the dotted name that s begins with.
func pythonName(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool { return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end >= 0 {
		return s[:end]
	}
	return s
}
