cpu() { # host CPU is unknown here: report guest's cputime of children
 :; }
for i in $(seq 60); do /bin/true; done
for i in $(seq 10); do credsspctl --version >/dev/null; done
for i in $(seq 10); do kinit --version >/dev/null 2>&1; done
for i in $(seq 60); do ( : ); done
grep -o -w 'erms\|fsrm\|rep_good\|avx2\|nopl\|pcid\|fsgsbase' /proc/cpuinfo | tr '\n' ' '
