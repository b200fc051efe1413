t() { if eval "[[ $1 ]]"; then echo y; else echo n; fi; }
t 'a == a'; t 'abc == a*'; t 'abc == "a*"'; t 'abc != a*'; t 'a < b'; t 'b < a'
t '-z ""'; t '-n x'; t '1 -lt 2'; t '! a == b'; t 'a == a && b == c'; t 'a == b || c == c'; t '( a == a ) && ( b == b )'
x="a b"; [[ $x == "a b" ]] && echo nosplit; [[ -z $undefined ]] && echo empty
[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo "${BASH_REMATCH[0]} ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
re='^b'; [[ bc =~ $re ]] && echo re; [[ 'a.c' =~ a\.c ]] && echo esc; [[ abc =~ "a.c" ]] || echo quoted
[[ 3 -eq 1+2 ]] && echo arith; [[ -d / && -e /tmp ]] && echo files
p='a*'; [[ abc == $p ]] && echo pat; [[ abc == "$p" ]] || echo lit
[[ x ]] && echo word; [[ "" ]] || echo emptyword; [[ foo == @(foo|bar) ]] && echo ext
