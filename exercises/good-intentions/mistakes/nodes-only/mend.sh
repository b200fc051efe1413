ssh node-1 "sed -i s/treshold/threshold/ /etc/default/kubelet; systemctl restart kubelet"
ssh node-2 systemctl enable --now kubelet
sleep 40
