printf '%s %d %x %o %c|\n' str 42 255 8 char
printf '%5s|%-5s|%05d|%+d|% d\n' a b 42 7 7
printf '%.2f %e %g %G\n' 3.14159 12345.678 0.0001 1e20
printf '%s\n' a b c
printf '%s-%s\n' a b c
printf 'no args\n'
printf '%%|%5.1f|%.3s\n' 2.25 abcdef
printf 'tab\tnl\\n\101\n'
printf '%b\n' 'a\tb\0101'
printf '%d %d\n' 0x1f 010
printf '%d\n' "'A"
printf '%*d|%-*d|\n' 5 42 5 42
printf '%s' ''; printf '\n'
printf '%x %X %#x %#o\n' 255 255 255 8
printf '%i %u\n' -5 5
