a=(one two "three 3"); echo ${a[0]} ${a[2]} ${#a[@]} ${#a[2]}
a+=(four); a[6]=six; echo "${a[@]}" ${#a[*]} "${!a[@]}"
for x in "${a[@]}"; do echo "<$x>"; done
echo ${a[-1]} ${a[@]:1:2} "${a[*]}"
unset 'a[1]'; echo "${!a[@]}"
b=("${a[@]}"); echo ${#b[@]} ${b[1]}
c=([2]=x [0]=y z); echo "${!c[@]}" "${c[@]}"
i=1; d=(0 1 2 3); echo ${d[i]} ${d[i+1]} ${d[$((i+2))]}; d[i]=X; echo ${d[1]}
echo "${a[@]/o/0}" "${a[@]#t}"
IFS=,; echo "${d[*]}"; unset IFS
e=(); echo ${#e[@]} "[${e[@]}]"; e+=(a b); echo ${e[@]}
read -ra f <<< "x y z"; echo ${f[1]}
mapfile -t lines <<< $'l1\nl2'; echo ${#lines[@]} ${lines[1]}
declare -p d
f=(*nomatch*); echo ${#f[@]}
