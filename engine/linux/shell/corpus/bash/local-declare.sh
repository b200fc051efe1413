f() { local a=1 b; b=2; echo $a $b; }; a=x; f; echo $a [$b]
g() { declare d=1; declare -g e=2; }; g; echo [$d] $e
h() { local x=$1; if [ $x -gt 0 ]; then h $((x-1)); fi; echo $x; }; h 3
i() { local -i n=5; n+=3; echo $n; n=2*3; echo $n; }; i
declare -r ro=1; declare -x ex=2; sh -c 'echo $ex'; declare -i k=4*5; echo $k
dyn() { show; }; show() { echo "v=$v"; }; outer() { local v=o; dyn; }; v=g; outer; dyn
declare -p k ex
j() { local v; echo "[${v-unset}]"; }; v=1; j
readonly ro2=5; echo $ro2; export ex3=z; echo $ex3
local_arr() { local -a q=(1 2); echo ${q[1]}; }; local_arr; echo "[${q[@]}]"
