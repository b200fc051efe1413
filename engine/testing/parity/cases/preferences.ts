import type { Scenario } from '../scenario.ts';
import { processes } from './processes.ts';

/** Defaults and aliases of the user's own, and everything about a cluster in files. */
export const preferences: Scenario = {
  name: 'preferences',
  files: {
    ...processes.files,
    'broken.rc': `a: [
`,
    'field.rc': `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
nonesuch: 5
defaults:
- command: get
  options:
  - name: output
    default: name
`,
    'pod.rc': `apiVersion: v1
kind: Pod
`,
    'flag.rc': `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- command: get
  options:
  - name: nonesuch
    default: name
`,
    'good.rc': `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- command: get
  options:
  - name: output
    default: name
- command: set image
  options:
  - name: dry-run
    default: client
aliases:
- name: get
  command: describe
- name: cm
  command: get
  prependArgs: [configmap]
  options:
  - name: output
    default: json
  - name: namespace
    default: kube-system
- name: runx
  command: create configmap
  appendArgs: [--from-literal=a=b]
- name: subx
  command: nonesuch
`,
    'twice.rc': `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
aliases:
- name: cm
  command: get
- name: cm
  command: describe
`,
    'name.rc': `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
aliases:
- name: "a b"
  command: get
`,
  },
  script: `
kubectl --kuberc=broken.rc get cm
kubectl --kuberc=field.rc get cm
kubectl --kuberc=pod.rc get cm
kubectl --kuberc=flag.rc get cm
kubectl --kuberc=good.rc get cm
kubectl --kuberc=good.rc get cm -o wide
kubectl --kuberc=good.rc cm kube-root-ca.crt -o name
kubectl --kuberc=good.rc cm -o name
kubectl --kuberc=good.rc cm -o name -n default
kubectl --kuberc=good.rc runx x
kubectl --kuberc=good.rc subx x
kubectl --kuberc=good.rc version --client -o nonesuch
kubectl --kuberc=twice.rc get cm
kubectl --kuberc=name.rc get cm
kubectl cm --kuberc=good.rc -o name
mkdir -p .kube; cp broken.rc .kube/kuberc; kubectl get cm
cp pod.rc .kube/kuberc; kubectl get cm
cp good.rc .kube/kuberc; kubectl get cm
KUBERC=off kubectl get cm -o name
KUBECTL_KUBERC=false kubectl get cm
KUBERC=broken.rc kubectl get cm
rm .kube/kuberc; kubectl alpha kuberc set --section defaults --command get --option output=wide
kubectl alpha kuberc set --section aliases --name getn --command get --prependarg nodes --appendarg x --option output=wide
cat .kube/kuberc
kubectl alpha kuberc set --section defaults --command 'set image' --option dry-run=client --option x=y
kubectl alpha kuberc set --section defaults --command nonesuch --option a=b
kubectl alpha kuberc set --section aliases --name getn --command get
kubectl alpha kuberc set --section defaults --command get --name x --overwrite --option a=b
kubectl alpha kuberc set --section defaults --command get --prependarg x --overwrite
kubectl alpha kuberc set --section defaults --command get --overwrite
kubectl alpha kuberc view
kubectl alpha kuberc view --kuberc good.rc
kubectl alpha kuberc set x
kubectl alpha kuberc view x
rm .kube/kuberc; echo y | kubectl alpha kuberc view
cat .kube/kuberc
kubectl options | head -1
kubectl options x | head -2
kubectl set subject rolebinding a --user=x
kubectl create rolebinding reads --role=r --user=ann
kubectl set subject rolebinding reads --user=bob --group=devs
kubectl set subject rolebinding reads --serviceaccount=default:x --dry-run=client -o yaml
kubectl set subject rolebinding reads --user=bob
kubectl set subject rolebinding reads
kubectl set subject pod x --user=a
kubectl set subject rolebinding reads --serviceaccount=wrong
kubectl set subject --user=a
@quiet kubectl apply -f talk.yaml
@pass 20
kubectl cluster-info dump --output-directory=dump
find dump -type f | sort | sed 's/kube-proxy-[a-z0-9]*/kube-proxy/'
cat dump/nodes.json | head -30
cat dump/default/pods.json
cat dump/default/talk/logs.txt
cat dump/default/services.json
cat dump/default/deployments.json
kubectl cluster-info dump --namespaces=default -o yaml | head -40
kubectl cluster-info dump --namespaces=nowhere | tail -12
kubectl cluster-info dump -o name --namespaces=nowhere --output-directory=-
kubectl cluster-info dump -s http://127.0.0.1:1
kubectl cluster-info dump -o nonesuch
kubectl cluster-info nonesuch | tail -2
`,
};
