ssh control-plane sed -i s/leader-elct/leader-elect/ /etc/kubernetes/manifests/kube-scheduler.yaml
sleep 40
