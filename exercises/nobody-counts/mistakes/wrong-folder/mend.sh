kubectl debug node/control-plane --image=busybox:1.37 --profile=sysadmin -- mv /host/root/attic-kube-controller-manager.yaml /host/etc/kubernetes/kube-controller-manager.yaml
sleep 10
