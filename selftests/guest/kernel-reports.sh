#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel-reports.sh LOG...: prints the lines of kernel logs in which the kernel reports a
# fault; exit status 0 if there are any.
#
# Only lines with the kernel's time stamp count. Not reports, though they look
# alike: a program's crash ("traps: prog[1] general protection fault ip:"), an
# injected failure ("FAULT_INJECTION: forcing a failure" with a call trace), and
# what the boot says about the (emulated) processor's flaws.
#
# Known, and the kernel's own (Documentation/upstream.rst): in Linux 7.3 the first key
# that a kernel caller gives to kTLS, whatever the cipher, makes FORTIFY warn of tls'
# memcpy() behind a struct tls_crypto_info, of 36 or 52 bytes. A caller cannot avoid it.
# Excused are these two lines, in this order, in a log of 7.x, and nothing else.

STAMP='^\[ *[0-9]+\.[0-9]+\](\[ *[TC][0-9]+\])? '
REPORT='BUG: |kernel BUG at|WARNING: |UBSAN: |KASAN: |Oops|Kernel panic'
REPORT+='|general protection fault[,:]|double fault|Unable to handle kernel'
REPORT+='|INFO: task .* blocked|INFO: (rcu|possible|suspicious|lockdep|trying)'
REPORT+='|possible (circular|recursive|irq|unsafe|deadlock)|suspicious RCU usage'
REPORT+='|inconsistent lock state|bad unlock balance|held lock freed|lock held'
REPORT+='|scheduling while atomic|sleeping function called|refcount_t: |ODEBUG: '
REPORT+='|detected stalls|self-detected stall|lockup|hung_task'
REPORT+='|Objects remaining|list_(add|del) corruption|Bad or missing usercopy'
REPORT+='|detected buffer overflow|memory exposure attempt|memory overwrite attempt'
REPORT+='|stack-protector|unregister_netdevice: waiting|ref_tracker: '
REPORT+='|page_owner|Bad page state|Bad rss-counter|leaked reference'
NOT='[Cc]ommand line: |Spectre V2 ?:|MDS: |TAA: |watchdog: Delayed init|lockup_detector|NMI watchdog: (Enabled|Perf)'

FORTIFY='memcpy: detected field-spanning write \(size (36|52)\) of single field "dst" at include/linux/sockptr\.h:[0-9]+ \(size 0\)$'
WARNED='WARNING: include/linux/sockptr\.h:[0-9]+ at tls_setsockopt\+0x[0-9a-f]+/0x[0-9a-f]+ \[tls\]'

# Prints the logs, a serial console's too, without the known report. A WARNING is removed
# only if the memcpy line of the same source line comes before it.
without_known() {
	awk -v fortify="$FORTIFY" -v warned="$WARNED" '
	FNR == 1 { is_7 = 0; line = "" }
	{ sub(/\r$/, "") }
	/ Linux version 7\./ { is_7 = 1 }
	is_7 && line != "" && $0 ~ warned && index($0, line " ") { line = ""; next }
	/WARNING: / { line = "" }
	$0 ~ fortify && match($0, /include\/linux\/sockptr\.h:[0-9]+/) {
		line = substr($0, RSTART, RLENGTH)
	}
	{ print }' "$@"
}

without_known "$@" | grep -aE "$STAMP.*($REPORT)" | grep -avE "$NOT"
