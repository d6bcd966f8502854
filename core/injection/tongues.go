package injection

import "taster/core/language"

// A tongue is how one language says that earlier instructions are to be set
// aside: a verb, then a qualifier and a noun in any order, or a phrase for
// "everything you were told". In some languages the verb comes last.
type tongue struct {
	name  string
	verbs string // imperatives, divided by |; they are the anchors, unless last
	which string // earlier, all, your
	nouns string // instructions, rules, commands; stems
	told  string // everything you were told
	last  bool   // the verb comes last: nouns are the anchors
}

func tongues() []tongue {
	return []tongue{
		{name: "German", verbs: `ignorier|vergiss|vergesst|vergessen sie|missachte|beachte nicht|verwirf|übergeh|befolge nicht|folge nicht`, which: `vorherige|vorige|vorangegangen|bisherig|obig|früher|alle|sämtliche|deine|ihre|ursprünglich|systemanweisung`, nouns: `anweisung|instruktion|anleitung|vorgaben|regeln|befehle|richtlinien|prompt|systemnachricht`, told: `alles,? was (?:dir|ihnen|oben|zuvor|vorher|bisher)|alles (?:vorherige|bisherige|obige|davor|zuvor)`},
		{name: "French", verbs: `ignor|oublie|ne tiens pas compte|ne tenez pas compte|ne tenez aucun compte|ne suis pas|ne suivez pas|néglige|négligez|fais abstraction|faites abstraction`, which: `précédent|antérieur|ci-dessus|toutes|tous|initiales|tes|vos|système|préalables|reçues`, nouns: `instructions?|consignes?|directives?|règles|ordres|commandes|invites?|prompts?`, told: `tout ce (?:qui précède|qu.on (?:t'a|vous a)|que (?:tu as|vous avez)|qui a été dit)`},
		{name: "Spanish", verbs: `ignor|olvid|haz caso omiso|haga caso omiso|hagan caso omiso|no sigas|no siga|descarta|descarte|omite|omita|desatiende|no hagas caso`, which: `anterior|previa|previo|todas|todos|arriba|iniciales|tus|sus|del sistema|recibidas`, nouns: `instruccion|indicacion|directriz|directrices|órdenes|ordenes|reglas|comandos|normas|prompts?`, told: `todo lo (?:anterior|que (?:se )?te|que (?:se )?le|dicho|que has|de arriba)`},
		{name: "Italian", verbs: `ignora|dimentica|trascura|non seguire|non tenere conto|non considerare|scarta|tralascia`, which: `precedent|anterior|sopra|tutte|tutti|tue|iniziali|vostre|di sistema|ricevute`, nouns: `istruzion|indicazion|direttiv|regole|ordini|comandi|prompts?`, told: `tutto (?:ciò|quello) che (?:ti|vi|hai|avete|precede|è stato)|tutto quanto (?:sopra|detto)`},
		{name: "Portuguese", verbs: `ignor|esqueç|esquece|desconsider|não sigas?|nao siga|descarte|desrespeite|não considere`, which: `anterior|prévi|previa|acima|todas|todos|iniciais|suas|tuas|do sistema|recebidas`, nouns: `instruç|instruco|orientaç|diretriz|diretrizes|ordens|regras|comandos|indicaç|prompts?`, told: `tudo o que (?:te|lhe|foi|você|vocês)|tudo (?:que foi dito|acima|anterior)`},
		{name: "Dutch", verbs: `negeer|vergeet|volg niet|sla geen acht op|laat buiten beschouwing|let niet op`, which: `vorige|eerdere|voorgaande|bovenstaande|alle|jouw|uw|oorspronkelijke|systeem`, nouns: `instructie|aanwijzing|opdracht|regels|richtlijn|bevelen|prompts?`, told: `alles wat (?:je|u|hierboven|eerder)|al het (?:voorgaande|bovenstaande)`},
		{name: "Polish", verbs: `zignoruj|ignoruj|zapomnij|pomiń|nie przestrzegaj|odrzuć|zlekceważ|nie stosuj się do|nie zwracaj uwagi`, which: `poprzedni|wcześniejsz|powyższ|wszystki|wszelki|swoje|twoje|dotychczasow|systemow`, nouns: `instrukcj|poleceni|polecenia|wytyczn|zasad|reguł|rozkaz|prompt|wskazów`, told: `(?:o )?(?:wszystkim|wszystko),? co (?:ci|wam|zostało|było|napisano)`},
		{name: "Czech", verbs: `ignoruj|zapomeň|zapomeňte|nedbej|nedbejte|nevšímej si|přehlížej|neřiď se|opomiň`, which: `předchoz|předešl|dřívější|výše|všechn|veškeré|své|tvé|původní|systémov`, nouns: `instrukc|pokyn|příkaz|pravidl|směrnic|prompt`, told: `(?:na )?(?:vše|všechno|všechno),? co (?:ti|vám|bylo|jsi)`},
		{name: "Swedish", verbs: `ignorera|glöm|bortse från|strunta i|följ inte|åsidosätt|förbise`, which: `tidigare|föregående|ovanstående|alla|samtliga|dina|ursprungliga|system`, nouns: `instruktion|anvisning|direktiv|regler|order|kommandon|riktlinjer|prompt`, told: `allt (?:som|du|vad|ovan|tidigare)`},
		{name: "Russian", verbs: `игнорируй|проигнорируй|забудь|не обращай внимани|отмени|не следуй|пренебреги|отбрось|не учитывай|не выполняй`, which: `предыдущ|прежн|предшествующ|выше|все|всех|свои|твои|ваши|исходн|первоначальн|системн|ранее|любые`, nouns: `инструкц|указани|команд|правил|директив|приказ|распоряжени|промпт|подсказ|установк`, told: `(?:обо? |про )?вс[её],? что (?:тебе|вам|было|я|ты|вы|выше|сказано|написано)`},
		{name: "Ukrainian", verbs: `ігноруй|проігноруй|забудь|не зважай|не звертай уваги|не виконуй|не дотримуй|знехтуй|відкинь`, which: `попередн|вище|усі|всі|усіх|свої|твої|ваші|початков|системн|раніше`, nouns: `інструкці|вказівк|команд|правил|директив|наказ|настанов|промпт`, told: `(?:про )?все,? що (?:тобі|вам|було|ти|ви|сказано)`},
		{name: "Turkish", last: true, verbs: `yok say|görmezden gel|unut|dikkate alma|göz ardı et|önemseme|uyma|boş ver|yoksay`, which: `önceki|yukarıdaki|tüm|bütün|daha önce|verilen|sistem|her`, nouns: `talimat|yönerge|komut|kural|emir|direktif|istem|yukaridaki|söylenen her`},
		{name: "Arabic", verbs: `تجاهل|انس|انسى|إنس|أهمل|تغاض|لا تتبع|لا تلتزم|تخل عن|اهمل|تناس`, which: `السابق|أعلاه|اعلاه|جميع|كل|كافة|قبل|الأصلي|النظام|الأولية`, nouns: `تعليمات|التعليمات|الأوامر|اوامر|أوامر|توجيهات|التوجيهات|إرشادات|الإرشادات|القواعد|قواعد|التوجيه`, told: `كل ما (?:قيل|سبق|ورد|تم|أخبر|ذكر)`},
		{name: "Persian", last: true, verbs: `نادیده بگیر|فراموش کن|چشم پوشی|چشمپوشی|توجه نکن|بی توجهی|صرف نظر کن|صرفنظر|پیروی نکن`, which: `قبلی|پیشین|بالا|تمام|همه|پیش|سابق|سیستم`, nouns: `دستورالعمل|دستور|راهنمای|فرمان|قوانین|فرامین|گفته`},
		{name: "Hindi", last: true, verbs: `अनदेखा|नज़रअंदाज़|नजरअंदाज|नजरंदाज|भूल जा|उपेक्षा|ध्यान न|पालन न|अवहेलना|नज़रंदाज`, which: `पिछल|पूर्व|ऊपर|उपर|सभी|सारे|सब|पहले|मूल`, nouns: `निर्देश|आदेश|नियम|अनुदेश|हिदायत|सूचना|कहा गया`},
		{name: "Bengali", last: true, verbs: `উপেক্ষা|ভুলে যা|অগ্রাহ্য|এড়িয়ে|মানবে না|অমান্য|বাদ দা|বাদ দি`, which: `আগের|পূর্ব|উপরের|সব|সমস্ত|সকল|পূর্ববর্তী`, nouns: `নির্দেশ|আদেশ|নিয়ম|নির্দেশনা|নির্দেশাবলী`},
		{name: "Chinese", verbs: `忽略|无视|無視|忽视|忽視|忘记|忘記|忘掉|不要理会|不要理會|不要遵循|不要遵守|抛弃|拋棄|放弃|放棄|不理会|跳过|不用管`, which: `之前|以前|先前|上述|上面|以上|前面|所有|一切|全部|原有|原来|系统|系統|你的|此前`, nouns: `指令|指示|命令|说明|說明|规则|規則|提示|要求|指引|设定|設定|限制|约束`, told: `(?:之前|上面|以上|前面)(?:所有|的|所)?[^。！？\n]{0,8}(?:内容|內容|一切|的话|说的|說的)`},
		{name: "Japanese", last: true, verbs: `無視|忘れ|従わない|従うな|破棄|取り消|考慮しない|守らな|無効`, which: `これまで|以前|前の|上記|上の|すべて|全て|全ての|今まで|先ほど|先の|以上|元の|システム`, nouns: `指示|命令|ルール|規則|プロンプト|指令|制約|ガイドライン|設定`},
		{name: "Korean", last: true, verbs: `무시|잊어|잊으|따르지 마|따르지 말|버려|취소하|폐기`, which: `이전|앞선|위의|위에|모든|기존|지금까지|앞의|원래|시스템|전의`, nouns: `지시|명령|지침|규칙|프롬프트|안내|설정`},
		{name: "Vietnamese", verbs: `bỏ qua|phớt lờ|quên|đừng làm theo|không làm theo|lờ đi|đừng tuân theo`, which: `trước|ở trên|bên trên|tất cả|mọi|toàn bộ|hệ thống|ban đầu`, nouns: `hướng dẫn|chỉ dẫn|lệnh|chỉ thị|quy tắc|yêu cầu|câu lệnh`, told: `(?:mọi thứ|tất cả|những gì|mọi điều)[^.!?\n]{0,12}(?:đã|được) (?:nói|bảo|yêu cầu|cho biết)`},
		{name: "Indonesian", verbs: `abaikan|lupakan|jangan ikuti|jangan patuhi|hiraukan|kesampingkan|jangan pedulikan`, which: `sebelum|di atas|semua|seluruh|segala|sistem|awal|terdahulu`, nouns: `instruksi|petunjuk|perintah|aturan|arahan|panduan|prompt`, told: `(?:semua|segala) (?:yang|hal yang|sesuatu yang)[^.!?\n]{0,24}(?:sebelum|di atas|katakan|diberitahu)`},
		{name: "Thai", verbs: `ละเว้น|เพิกเฉย|ไม่ต้องสนใจ|ลืม|ไม่ต้องทำตาม|ยกเลิก|มองข้าม|อย่าทำตาม|ไม่สนใจ`, which: `ก่อน|ข้างต้น|ทั้งหมด|ทุก|ด้านบน|เดิม|ที่ผ่านมา`, nouns: `คำสั่ง|คำแนะนำ|กฎ|ข้อกำหนด|คำชี้แจง|แนวทาง`, told: `(?:ทุกอย่าง|ทุกสิ่ง|สิ่ง)ที่[^.!?\n]{0,30}(?:บอก|ก่อน|ได้รับ|ข้างต้น)`},
		{name: "Tagalog", verbs: `huwag pansinin|balewalain|kalimutan|huwag sundin|isantabi|wag pansinin|ipagwalang-bahala`, which: `nakaraan|nauna|naunang|lahat|itaas|dating|mga tagubilin|sistema`, nouns: `tagubilin|utos|panuto|patakaran|instruksyon|alituntunin|mga panuntunan`, told: `lahat ng (?:sinabi|nasa itaas|nabanggit)`},
		{name: "Swahili", verbs: `puuza|sahau|usifuate|usizingatie|achana na|wacha|kupuuza`, which: `yote|zote|yaliyotangulia|zilizotangulia|awali|kabla|hapo juu|iliyopita|zilizopita|yaliyopita|mengine`, nouns: `maagizo|maelekezo|amri|sheria|kanuni|miongozo`, told: `(?:kila kitu|yote)[^.!?\n]{0,16}(?:uliyoambiwa|ulichoambiwa|yaliyosemwa)`},
	}
}

// near is what may stand between the parts: a piece of the same sentence.
const near = `[^.!?。！？।\n]{0,40}?`

// pattern makes the expression of t, whose words are folded as texts are.
func (t *tongue) pattern() pattern {
	for _, words := range []*string{&t.verbs, &t.which, &t.nouns, &t.told} {
		*words = language.Fold(*words).Text
	}
	p := pattern{family: "M", anchors: t.verbs}
	if t.last {
		p.anchors, p.before = t.nouns, 160
		p.expr = `(?:` + t.which + `)` + near + `(?:` + t.nouns + `)` + near + `(?:` + t.verbs + `)|(?:` + t.nouns + `)` + near + `(?:` + t.which + `)` + near + `(?:` + t.verbs + `)`
		return p
	}
	p.expr = `^(?:` + t.verbs + `)` + near + `(?:(?:` + t.which + `)` + near + `(?:` + t.nouns + `)|(?:` + t.nouns + `)` + near + `(?:` + t.which + `)`
	if t.told != "" {
		p.expr += `|` + t.told
	}
	p.expr += `)`
	return p
}
