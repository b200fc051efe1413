t() { if test "$@"; then echo y; else echo n; fi; }
t; t ''; t x; t -n ''; t -n x; t -z ''; t -z x; t a = a; t a = b; t a != b
t 1 -eq 1; t 1 -ne 1; t 1 -lt 2; t 2 -le 2; t 3 -gt 2; t 2 -ge 3; t -5 -lt 0
t -d /; t -f /; t -e /nonexistent; t -r /; t ! a; t ! ''; t ! -d /
t a = a -a b = b; t a = b -o b = b; t '(' a = a ')'; t -f /etc/passwd; t -s /etc/passwd
[ a = a ] && echo bracket; [ ! x ] || echo negated
[ "-n" ] && echo dash; [ "" -o x ] && echo or; [ "(" = "(" ] && echo paren
t abc = 'a*'; [ 010 -eq 10 ] && echo dec
t -L /; t -p /; t -x /bin/sh
