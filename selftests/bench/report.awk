# SPDX-License-Identifier: GPL-2.0-only
# The table of `make bench`. Files: the budget, then the counts. Variables: json, the file
# for the same in JSON; some, not empty if not all rows were to be measured.
# Exit status 1: a row is worse than accepted or above its bound, or is missing, or is not
# repeatable.

# More than this much above the accepted figure is worse.
BEGIN { TOLERANCE = 0.02 }

/^#/ || NF < 3 || NF > 4 { next }

# An accepted figure "-" is none; the fourth word, the bound, is the largest ratio.
NR == FNR {
	name[++rows] = $1
	accepted[$1] = $2 == "-" ? 0 : $2
	baseline[$1] = $3
	bound[$1] = $4
	next
}

{
	round = ++seen[$1, $2]
	total[$1, round] += $3
	sum[$1] += $3
	if (round > rounds[$1])
		rounds[$1] = round
	if (round == 1)
		parts[$1] = parts[$1] (parts[$1] ? " " : "") $2
	part[$1, $2] += $3
}

function figure(row) { return rounds[row] ? sum[row] / rounds[row] : 0 }

# The largest relative difference between two rounds
function spread(row,	i, least, most) {
	least = most = total[row, 1]
	for (i = 2; i <= rounds[row]; i++) {
		if (total[row, i] < least) least = total[row, i]
		if (total[row, i] > most) most = total[row, i]
	}
	return least ? (most - least) / least : 0
}

# Thousands of instructions; bytes as they are
function show(row, value) {
	return row ~ /^idle/ ? sprintf("%d B", value) : sprintf("%.1f", value / 1000)
}

function quotient(a, b) { return b ? sprintf("%.3f", a / b) : "" }

function above_bound(row) {
	return bound[row] && figure(row) > bound[row] * figure(baseline[row])
}

function verdict(row,	change) {
	if (!rounds[row])
		return some ? "" : "MISSING"
	if (above_bound(row))
		return "ABOVE its bound of " bound[row]
	if (!accepted[row])
		return bound[row] ? "within " bound[row] : ""
	change = figure(row) / accepted[row] - 1
	if (change > TOLERANCE)
		return sprintf("WORSE %+.1f %%", 100 * change)
	return change < -TOLERANCE ? sprintf("better %+.1f %%", 100 * change) : "as accepted"
}

function json_row(row,	i, n, list, text) {
	text = sprintf("    {\"row\": \"%s\", \"figure\": %d, \"accepted\": %d, \"spread\": %.4f, \"parts\": {",
		row, figure(row), accepted[row], spread(row))
	n = split(parts[row], list, " ")
	for (i = 1; i <= n; i++)
		text = text sprintf("%s\"%s\": %d", i > 1 ? ", " : "", list[i],
			part[row, list[i]] / rounds[row])
	text = text "}"
	if (rounds[baseline[row]])
		text = text sprintf(", \"baseline\": {\"row\": \"%s\", \"figure\": %d}, \"ratio\": %s",
			baseline[row], figure(baseline[row]),
			quotient(figure(row), figure(baseline[row])))
	return text "}"
}

function table_row(row,	i, n, list, text) {
	n = split(parts[row], list, " ")
	for (i = 1; n > 1 && i <= n; i++)
		text = text sprintf("%s%s %s", i > 1 ? ", " : "  ", list[i],
			show(row, part[row, list[i]] / rounds[row]))
	printf "%-24s %10s %10s %7s %10s  %s%s\n", row, show(row, figure(row)),
		rounds[baseline[row]] ? show(row, figure(baseline[row])) : "",
		quotient(figure(row), figure(baseline[row])),
		accepted[row] ? show(row, accepted[row]) : "", verdict(row), text
}

# What a resumed logon costs of a full one, here and with GnuTLS alone
function resumed(tls,	full) {
	full = "tls" tls "-p256"
	if (rounds["resumed-" full] && rounds["logon-" full])
		printf "resumed / full, %s: %s (GnuTLS alone: %s)\n", full,
			quotient(figure("resumed-" full), figure("logon-" full)),
			quotient(figure("gnutls-resumed-" full), figure("gnutls-" full))
}

# How many more logons two processors can have than one, with the server elsewhere
function processors() {
	if (rounds["busier-two-processors"])
		printf "1 to 2 processors: at most %s times the logons\n",
			quotient(figure("all-two-processors"), figure("busier-two-processors"))
}

END {
	printf "Thousands of instructions (B: bytes)\n%-24s %10s %10s %7s %10s\n",
		"row", "figure", "baseline", "ratio", "accepted"
	for (i = 1; i <= rows; i++) {
		row = name[i]
		if (verdict(row) ~ /WORSE|MISSING|ABOVE/)
			bad = bad " " row
		if (accepted[row] && spread(row) > TOLERANCE)
			unsteady = unsteady " " row
		if (!rounds[row])
			continue
		table_row(row)
		list = list (list ? ",\n" : "") json_row(row)
	}
	resumed(13)
	resumed(12)
	processors()
	printf "{\n  \"unit\": \"instructions; idle-*: bytes\",\n  \"rows\": [\n%s\n  ]\n}\n", list >json
	if (unsteady)
		print "Two rounds differ by more than 2 %:" unsteady
	if (bad)
		print "Worse than accepted by more than 2 %, above its bound, or not measured:" bad
	exit (bad unsteady) != ""
}
