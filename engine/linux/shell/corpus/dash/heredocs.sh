x=val
cat <<E
plain $x $(echo sub) $((1+2)) \$x \\ "quotes" 'single'
E
cat <<'E'
raw $x $(echo sub) \$x
E
cat <<-E
	tabs $x
		two
	E
cat <<A; cat <<B
first
A
second
B
while read l; do echo "got $l"; done <<E
l1
l2
E
cat <<E | tr a-z A-Z
piped
E
f() { cat <<E
in function $1
E
}
f arg
cat <<"Q"
a\
b
Q
cat <<Q
a\
b
Q
