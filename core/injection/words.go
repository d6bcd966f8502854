package injection

// The pieces that expressions are made of. Texts are folded: lower case, NFKC.
// Words are runs of a-z, digits and apostrophes; between them stands anything
// but the end of a sentence. All gaps are bounded.
const (
	sep  = `[^a-z0-9'.!?]+`
	word = `[a-z0-9']+`
	gap1 = `(?:` + sep + word + `){0,1}?` + sep
	gap2 = `(?:` + sep + word + `){0,2}?` + sep
	gap3 = `(?:` + sep + word + `){0,3}?` + sep
	gap4 = `(?:` + sep + word + `){0,4}?` + sep
	gap6 = `(?:` + sep + word + `){0,6}?` + sep

	// setAside says that what was said is to count no longer.
	setAside = `(?:ignore|disregard|forget|pay no (?:attention|heed) to|(?:do not|don't|dont|never|stop|no longer|must not|should not|cease) (?:follow|following|obey|obeying|comply with|complying with|listen to|listening to|adhere to|adhering to|heed))`
	// setAsideToo says it as well, and much else in texts on technical matters.
	setAsideToo = `(?:override|overrule|bypass|discard|neglect|abandon|drop|overlook|(?:do not|don't|never|stop) consider(?:ing)?|throw (?:out|away)|set aside|unlearn)`

	earlier = `(?:previous|previously|prior|preceding|above|earlier|foregoing|former|past|original|initial|aforementioned|existing|current)`
	which   = `(?:` + earlier + `|system|developer|your|all|any|every|other|these|those|safety|given|last|old)`

	instruction     = `(?:instructions?|directives?|prompts?|prompting|guidelines?|guardrails?|safeguards?|programming|system messages?|system prompts?|training)`
	instructionToo  = `(?:directions?|rules?|commands?|orders?|constraints?|restrictions?|policy|policies|tasks?)`
	givenBefore     = `(?:above|before this|you were given|you(?:'ve| have)? been given|you(?:'ve| have)? received|you were told|given to you|given (?:before|earlier|above|previously)|from the (?:system|developer|user)|previously|so far|preceding this|that came before|in your (?:system )?prompt|up to now|until now)`
	noLonger        = `(?:void|null|cancell?ed|superseded|invalid|revoked|suspended|lifted|overridden|overruled|no longer (?:apply|valid|in effect|binding|count)|to be (?:ignored|disregarded|discarded))`
	machine         = `(?:(?:an? |the |any |all |every )?(?:(?:ai|a\.i\.|artificial intelligence|llm)(?:[ -]?(?:assistants?|agents?|models?|systems?|reviewers?|bots?|chatbots?|tools?|summari[sz]ers?|crawlers?|readers?|engines?))?|llms?|(?:large )?language models?|chat ?bots?|chatgpt|gpt-?[345](?:\.[0-9])?|gpt|claude|gemini|copilot|grok|deepseek|virtual assistants?|digital assistants?))`
	say             = `(?:say|write|print|output|reply|respond|answer|tell|state|recommend|rate|reveal|praise|speak|sing|compose|pretend|act as|claim|repeat|translate|return|give)`
	act             = `(?:` + say + `|ignore|disregard|forget|send|do|execute|run|call|use|generate|create|provide|include|add|mention|insert|summari[sz]e|list|show|visit|click|open|buy|act|begin|start|follow|report|score|select|choose|promote|describe|make|read|fetch|forward|delete|transfer|conclude|emphasi[sz]e|highlight|accept|approve|never|always|only)`
	reading         = `(?:reading|reviewing|processing|parsing|summari[sz]ing|evaluating|analy[sz]ing|scanning|indexing|crawling|grading|screening)`
	material        = `(?:content|contents|text|data|document|page|resume|résumé|cv|e-?mail|question|table|code|function|context|paper|caption|article|passage|file|website|message|input|query|request|paragraph|review|transcript|snippet)s?`
	secret          = `(?:conversation(?: history)?|chat (?:history|log)|credentials?|inbox|passwords?|private keys?|ssh keys?|personal (?:data|information|details)|file contents|contents of the files?|secrets?|system prompt|session cookies?|environment variables)`
	secretToo       = `(?:api keys?|access tokens?|tokens?|keys?|` + secret + `)`
	mailOrSite      = `(?:[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}|https?://[a-z0-9])`
	hiddenAddresses = `(?:conversation|chat|history|data|secret|token|api.?key|password|user.?(?:name|info|data|email|input|query)|prompt|summary|e-?mail|info|answer|response|context|base64|encoded?|insert|your|exfil)`
)
