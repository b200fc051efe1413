# On the machine of the authority itself. Nobody approves anything there, and nobody knows of it afterwards.
openssl genrsa -out ana.key 2048
openssl req -new -key ana.key -subj "/O=tally/CN=ana" -out ana.csr
scp ana.csr control-plane:/tmp/ana.csr
ssh control-plane "openssl x509 -req -in /tmp/ana.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -days 1 -out /tmp/ana.crt"
scp control-plane:/tmp/ana.crt ana.crt
kubectl config set-credentials ana --client-certificate=ana.crt --client-key=ana.key --embed-certs
kubectl config set-context ana --cluster=kubernetes --user=ana --namespace=pier
kubectl apply -f - <<END
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: counter, namespace: pier}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [pods/log], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: counter, namespace: pier}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: counter}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: ana}
END
