# SPDX-License-Identifier: GPL-2.0-only
# Manual pages from the kernel-doc comments of a header: a page for each function and each
# structure, and one for a row of functions that share a comment.
#
#   awk -v dir=DIRECTORY -v section=3 -v include=credssp.h -v overview='libcredssp(3)' \
#       -v date=2025-01-01 -v manual='credssp' -f kdoc-man.awk HEADER
#
# What it understands: "name() - purpose" or "struct name - purpose"; "@parameter: text", with
# more lines of it behind a tab; paragraphs; "Context:" and "Return:". In texts @words are
# parameters, NAMES_IN_CAPITALS constants and name() functions.

function fail(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	bad = 1
	exit 1
}

# Characters that mean something to troff
function escape(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text
}

# A line of text: what begins with a dot or an apostrophe would be a request.
function line(text) { return text ~ /^[.']/ ? "\\&" text : text }

function refer(name) {
	if (name == page || index(references, " " name " "))
		return
	references = references name " "
}

# Text with its words marked up
function mark(text,    out, word, plain) {
	out = ""
	while (match(text, /@[a-z_0-9]+|[a-z_][a-z_0-9]*\(\)|[A-Z][A-Z0-9]*_[A-Z0-9_]*\**/)) {
		plain = substr(text, 1, RSTART - 1)
		word = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		out = out escape(plain)
		if (word ~ /^@/) {
			out = out "\\fI" substr(word, 2) "\\fP"
		} else if (word ~ /\(\)$/) {
			word = substr(word, 1, length(word) - 2)
			out = out "\\fB" word "\\fP" (word ~ /^credssp_/ ? "(" section ")" : "()")
			if (word ~ /^credssp_/)
				refer(word)
		} else {
			out = out "\\fB" word "\\fP"
		}
	}
	return out escape(text)
}

# The comment's parts: parameters, and texts of the sections
function begin_comment() {
	count = 0; part = "title"; title = ""; description = ""; context = ""; value = ""
}

function add(have, text) { return have (have == "" ? "" : "\n") text }

function add_text(text) {
	if (part == "value")
		value = add(value, text)
	else if (part == "context")
		context = add(context, text)
	else
		description = add(description, text)
}

function take_line(text) {
	if (part == "title") {
		title = title (title == "" ? "" : " ") text
		part = "names"
	} else if (text ~ /^@[a-z_0-9, @]+:/ && (part == "names" || part == "parameter")) {
		names[++count] = substr(text, 1, index(text, ":") - 1)
		texts[count] = substr(text, index(text, ":") + 1)
		sub(/^ +/, "", texts[count])
		part = "parameter"
	} else if (part == "parameter" && text ~ /^[\t ]/) {
		sub(/^[\t ]+/, "", text)
		texts[count] = texts[count] "\n" text
	} else if (text ~ /^Return:/) {
		part = "value"
		sub(/^Return: */, "", text)
		add_text(text)
	} else if (text ~ /^Context:/) {
		part = "context"
		sub(/^Context: */, "", text)
		add_text(text)
	} else {
		if (part == "names" || part == "parameter")
			part = "description"
		add_text(text)
	}
}

# Paragraphs and lists of a text
function print_text(text,    lines, n, i, gap) {
	n = split(text, lines, "\n")
	gap = 0
	for (i = 1; i <= n; i++) {
		if (lines[i] == "") {
			gap = 1
			continue
		}
		if (lines[i] ~ /^- /)
			print ".IP \\(bu 2" > file
		else if (gap && lines[i] !~ /^  /)
			print ".PP" > file
		gap = 0
		sub(/^- /, "", lines[i])
		sub(/^ +/, "", lines[i])
		print line(mark(lines[i])) > file
	}
}

function print_section(name, text) {
	sub(/\n+$/, "", text)
	sub(/^\n+/, "", text)
	if (text == "")
		return
	print ".SH " name > file
	print_text(text)
}

function print_parameters(heading,    i, text, label) {
	if (!count)
		return
	print ".SH " heading > file
	for (i = 1; i <= count; i++) {
		print ".TP" > file
		label = names[i]
		gsub(/@/, "", label)
		print "\\fI" label "\\fP" > file
		text = texts[i]
		print_text(text == "" ? "-" : text)
	}
}

# The functions of a declaration: FUNCTIONS[1..n]
function functions_of(code,    n, name) {
	n = 0
	gsub(/\/\*[^*]*\*\//, "", code)
	while (match(code, /[a-z_][a-z_0-9]*\(/)) {
		name = substr(code, RSTART, RLENGTH - 1)
		code = substr(code, RSTART + RLENGTH)
		functions[++n] = name
		code = substr(code, index(code, ";") + 1)
	}
	return n
}

function print_code(code,    lines, n, i) {
	n = split(code, lines, "\n")
	for (i = 1; i <= n; i++) {
		gsub(/\t/, "        ", lines[i])
		print line(escape(lines[i])) > file
	}
}

function see_also(    list, n, i, text) {
	n = split(references, list, " ")
	text = ""
	for (i = 1; i <= n; i++)
		text = text "\\fB" list[i] "\\fP(" section "),\n"
	match(overview, /\(/)
	return text "\\fB" escape(substr(overview, 1, RSTART - 1)) "\\fP" substr(overview, RSTART)
}

function print_page(name, all, purpose, code, is_struct,    upper) {
	page = name
	references = " "
	file = dir "/" name "." section
	upper = toupper(name)
	printf ".\\\" Made from the comments of <%s>\n", include > file
	printf ".TH %s %s %s credssp \"%s\"\n", upper, section, date, manual > file
	printf ".SH NAME\n%s \\- %s\n", all, escape(purpose) > file
	printf ".SH SYNOPSIS\n.nf\n.B #include <%s>\n.PP\n", include > file
	print_code(code)
	print ".fi" > file
	print_parameters(is_struct ? "MEMBERS" : "PARAMETERS")
	print_section("DESCRIPTION", description)
	print_section("CONTEXT", context)
	print_section("RETURN VALUE", value)
	printf ".SH SEE ALSO\n%s\n", see_also() > file
	close(file)
	pages++
}

function finish(code,    name, purpose, n, i, all) {
	if (!match(title, / - /))
		fail("no purpose: " title)
	name = substr(title, 1, RSTART - 1)
	purpose = substr(title, RSTART + 3)
	sub(/\n+$/, "", code)
	if (name ~ /^struct /) {
		sub(/^struct /, "", name)
		print_page(name, name, purpose, code, 1)
		return
	}
	sub(/\(\)$/, "", name)
	n = functions_of(code)
	if (!n || functions[1] != name)
		fail("the declaration behind the comment is not " name "()")
	all = name
	for (i = 2; i <= n; i++)
		all = all ", " functions[i]
	print_page(name, all, purpose, code, 0)
	for (i = 2; i <= n; i++) {
		file = dir "/" functions[i] "." section
		printf ".so man%s/%s.%s\n", section, name, section > file
		close(file)
	}
}

/^\/\*\*$/ { begin_comment(); state = "comment"; next }

state == "comment" && /^ \*\/$/ { state = "code"; code = ""; next }

state == "comment" {
	text = $0
	sub(/^ \* ?/, "", text)
	# A title may go on.
	if (part == "names" && text ~ /^\t/ && !count)
		part = "title"
	take_line(text)
	next
}

# A structure ends with its brace, declarations with an empty line.
state == "code" && (/^$/ || /^#/) && title !~ /^struct / { finish(code); state = ""; next }

state == "code" {
	code = code $0 "\n"
	if (/^};/) {
		finish(code)
		state = ""
	}
}

END {
	if (bad)
		exit 1
	if (state != "" || !pages)
		fail("no whole comment, or none at all")
}
