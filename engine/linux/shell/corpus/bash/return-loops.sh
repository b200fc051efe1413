f() { while true; do while true; do return 7; done; done; }; f; echo $?
g() { for i in 1 2 3; do case $i in 2) break;; esac; echo $i; done; echo g; }; g
h() { (return 5); echo $?; }; h
k() { { return 3; } ; }; k; echo $?
m() { return 4 | cat; echo $?; }; m
n() { if :; then return 2; fi; }; n && echo no || echo $?
while :; do eval break; done; echo evalbreak
for i in 1 2; do { continue; }; echo no; done; echo ok
until f3() { return 0; }; f3; do :; done; echo until
