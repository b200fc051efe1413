command -v true echo cd if
command -v nonexistent-cmd; echo $?
command echo via-command
f() { echo func; }; command -v f
type cd
type nonexistent-cmd >/dev/null 2>&1; [ $? -ne 0 ] && echo missing
echo() { printf 'mine\n'; }; echo x; command echo real; unset -f echo
alias zz='echo z' ; unalias zz; echo done
