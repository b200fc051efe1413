kubectl -n kube-system rollout restart daemonset/kube-proxy
sleep 20
