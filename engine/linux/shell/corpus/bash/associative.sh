declare -A m; m[a]=1; m[b c]=2; m["d"]=3
echo ${m[a]} ${m[b c]} ${#m[@]}
for k in $(printf '%s\n' "${!m[@]}" | sort | tr ' ' _); do echo $k; done
k=a; echo ${m[$k]}; m[$k]=new; echo ${m[a]}
unset 'm[a]'; echo ${#m[@]} "${m[a]-gone}"
declare -A n=([x]=1 [y]=2); echo ${n[x]}${n[y]}
n[x]+=5; echo ${n[x]}
((n[z]=7)); echo ${n[z]}
[[ -v n[x] ]] && echo set; [[ -v n[q] ]] || echo unset
