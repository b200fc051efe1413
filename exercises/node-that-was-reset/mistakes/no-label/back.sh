ssh node-2 "$(ssh control-plane kubeadm token create --print-join-command)"
sleep 30
