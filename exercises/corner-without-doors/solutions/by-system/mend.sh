kubectl -n kube-system patch daemonset kube-proxy --type=merge -p '{"spec":{"template":{"spec":{"nodeSelector":{"doors":null,"kubernetes.io/os":"linux"}}}}}'
sleep 20
