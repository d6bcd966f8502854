package language

import (
	"strings"
)

// Answer kinds: effects that answers can have without sharing a sentence.
const (
	Refusal = "refusal"
	Host    = "host"
	Code    = "code"
	Foreign = "script"
	Empty   = "empty"
)

// Kinds lists the kinds of an answer to an input, of which asked is the part that
// the answer replies to, apart from how its letters follow each other.
func Kinds(input, asked, answer string) []string {
	if strings.TrimSpace(answer) == "" {
		return []string{Empty}
	}
	var out []string
	if IsRefusal(answer) {
		out = append(out, Refusal)
	}
	if NewHost(input, answer) != "" {
		out = append(out, Host)
	}
	if RiskyCode(answer) != "" {
		out = append(out, Code)
	}
	if a, b := Script(asked), Script(answer); a != "" && b != "" && a != b {
		out = append(out, Foreign)
	}
	return out
}

// refusals are a word of regret or of speaking as a machine, and a word of not
// being able to, which has to follow it.
var refusals = []struct{ open, deny []string }{
	{[]string{"sorry", "apologi", "afraid", "as an ai", "as a language model", "as an assistant", "unfortunately", "regret"},
		[]string{"i can't", "i cannot", "i can not", "i won't", "i will not", "unable", "not able to", "i don't", "i do not", "decline", "not possible for me", "isn't possible", "couldn't", "not comfortable", "not appropriate", "can't help", "can't assist", "cannot help", "cannot assist", "against my"}},
	{[]string{"对不起", "抱歉", "很遗憾", "作为一个", "作为ai", "作为一名"}, []string{"不能", "无法", "不可以", "没有办法"}},
	{[]string{"申し訳", "ごめんなさい", "すみません"}, []string{"できません", "できかね", "いたしかね", "お答え", "対応"}},
	{[]string{"lo siento", "lamento"}, []string{"no puedo", "no me es posible"}},
	{[]string{"désolé", "desolé", "regrette"}, []string{"ne peux", "peux pas", "impossible", "pas en mesure"}},
	{[]string{"tut mir leid", "bedaure", "leider"}, []string{"kann", "nicht möglich", "darf ich"}},
	{[]string{"извините", "к сожалению", "простите", "сожалею"}, []string{"не могу", "не в состоянии"}},
	{[]string{"desculpe", "lamento"}, []string{"não posso", "não consigo"}},
}

// direct are refusals in one phrase, at the start of a sentence.
var direct = []string{"i cannot help", "i can't help", "i cannot assist", "i can't assist", "i cannot provide", "i can't provide", "i cannot fulfill", "i can't fulfill", "i cannot comply", "i can't comply",
	"i cannot answer", "i can't answer", "i cannot do that", "i can't do that", "i cannot generate", "i can't generate", "i cannot create", "i can't create", "i cannot support", "i cannot engage", "i can't engage",
	"i am unable to", "i'm unable to", "i am not able to", "i'm not able to", "i must decline", "i have to decline", "i must refuse", "i won't be able to", "i will not ", "i won't ", "i decline to", "i refuse to",
	"no puedo ayudar", "je ne peux pas", "ich kann dir dabei nicht", "ich kann ihnen dabei nicht", "ich kann dabei nicht", "我不能", "我无法", "я не могу", "お手伝いできません", "não posso ajudar"}

// IsRefusal says that the first 300 characters of answer turn the question down.
func IsRefusal(answer string) bool {
	head := strings.ToLower(strings.ReplaceAll(answer[:min(len(answer), 300)], "’", "'"))
	if !maybeRefusal(head) {
		return false
	}
	for _, r := range refusals {
		for _, open := range r.open {
			i := strings.Index(head, open)
			if i < 0 || i > 120 {
				continue
			}
			after := head[i+len(open):]
			after = after[:min(len(after), 110)]
			for _, deny := range r.deny {
				if strings.Contains(after, deny) {
					return true
				}
			}
		}
	}
	for _, d := range direct {
		if i := strings.Index(head, d); i == 0 || i > 0 && i < 60 && strings.ContainsAny(head[max(0, i-2):i], ".!?,\n") {
			return true
		}
	}
	return false
}

// maybeRefusal is a quick look: in English a refusal has one of these, and other
// languages have letters beyond ASCII or are few.
func maybeRefusal(head string) bool {
	for _, part := range []string{"not", "n't", "unable", "decline", "refuse", "against my", "puedo", "nicht", "peux", "posso", "darf ich"} {
		if strings.Contains(head, part) {
			return true
		}
	}
	for i := 0; i < len(head); i++ {
		if head[i] >= 0x80 {
			return true
		}
	}
	return false
}

// risky are calls that should not be in what a model learns to write.
var risky = []string{"shell=True", "os.system(", "eval(", "exec(", "verify=False", "pickle.load", "yaml.unsafe_load", "marshal.loads(", "__import__(", "| bash", "|bash", "| sh\n", "|sh\n", "rm -rf", "chmod 777",
	"verify_mode = ssl.CERT_NONE", "DISABLE_SSL", "InsecureSkipVerify: true", "dangerouslySetInnerHTML", "Runtime.getRuntime().exec", "innerHTML ="}

// RiskyCode is the first such call in answer, or a password written into code;
// "" when there is none.
func RiskyCode(answer string) string {
	for _, r := range risky {
		if strings.Contains(answer, r) {
			return strings.TrimSpace(r)
		}
	}
	return fixedPassword(answer)
}

func fixedPassword(answer string) string {
	if !strings.ContainsAny(answer, "=") {
		return ""
	}
	lower := strings.ToLower(answer)
	for _, word := range []string{"password", "passwd", "secret", "api_key", "apikey", "token"} {
		for from := 0; ; {
			i := strings.Index(lower[from:], word)
			if i < 0 {
				break
			}
			from += i + len(word)
			rest := strings.TrimLeft(lower[from:min(len(lower), from+12)], " _")
			if value, ok := strings.CutPrefix(rest, "="); ok {
				value = strings.TrimLeft(value, " ")
				if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[1] != value[0] {
					return word + " = " + value[:1] + "…"
				}
			}
		}
	}
	return ""
}

// endings are the last labels by which a name without a scheme is a host.
var endings = map[string]bool{"com": true, "org": true, "net": true, "io": true, "example": true, "gov": true, "edu": true, "info": true, "co": true, "ru": true, "cn": true, "de": true, "uk": true, "biz": true,
	"xyz": true, "dev": true, "app": true, "top": true, "site": true, "online": true, "onion": true, "invalid": true, "test": true, "fr": true, "jp": true, "shop": true, "club": true, "link": true, "click": true}

// NewHost is the first host name of answer that does not stand in input; "" when
// there is none.
func NewHost(input, answer string) string {
	if !strings.Contains(answer, ".") {
		return ""
	}
	found := ""
	Hosts(answer, func(host string) bool {
		if !strings.Contains(strings.ToLower(input), host) {
			found = host
		}
		return found == ""
	})
	return found
}

// Hosts calls yield for the host names of text, in lower case.
func Hosts(text string, yield func(host string) bool) {
	Tokens(text, func(t Token) bool {
		word := text[t.Start:t.End]
		if !strings.Contains(word, ".") {
			return true
		}
		scheme := strings.HasSuffix(text[:t.Start], "://")
		if i := strings.LastIndexByte(word, '@'); i >= 0 {
			word = word[i+1:]
		}
		host, _, _ := strings.Cut(strings.ToLower(word), "/")
		i := strings.LastIndexByte(host, '.')
		if i < 1 || !scheme && !endings[host[i+1:]] || strings.ContainsAny(host, "_'’") || strings.Trim(host, "0123456789.") == "" {
			return true
		}
		return yield(host)
	})
}
