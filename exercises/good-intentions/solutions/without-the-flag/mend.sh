# As kubeadm wrote it, and without what was added.
ssh control-plane kubeadm init phase control-plane scheduler
ssh node-1 "rm /etc/default/kubelet; systemctl daemon-reload; systemctl restart kubelet"
ssh node-2 "systemctl enable kubelet && systemctl start kubelet"
sleep 40
