echo {a,b,c} x{1,2}y {1..5} {5..1} {a..e} {01..03} {1..10..3} {a,b}{1,2}
echo {a} {} {a,} x{,y} {1..x} "{a,b}" \{a,b} {a\,b,c}
echo a{b{1,2},c}d {a,{b,c}} pre{x,'y z'}post
v=1; echo {$v,2} {$v..3} ${v}{a,b}
mkdir -p /tmp/corpus-b.$$/{x,y}; ls /tmp/corpus-b.$$; rm -r /tmp/corpus-b.$$
echo {-2..2} {c..a} {A..C}
