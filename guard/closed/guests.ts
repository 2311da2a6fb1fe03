import type { Closed } from './closed.ts'

/** Virtual machines, system containers and what they run on. */
export const guests: readonly Closed[] = [
  {
    of: 'qm',
    action: 'virtual_machine_destroy',
    harmless:
      'listsnapshot, showcmd, pending, stop, shutdown, reboot, reset, suspend, migrate, move[-_]disk, disk (import|resize|move|rescan), importdisk, importovf, rescan, sendkey, terminal, vncproxy, monitor, wait, cloudinit, delsnapshot, unlock, agent \\S+ (ping|info|get-\\S+|fstrim|fsfreeze-(status|thaw)|network-get-interfaces), guest (exec|exec-status), guest cmd \\S+ (ping|info|get-\\S+|fstrim|fsfreeze-(status|thaw)|network-get-interfaces)',
    never: /--?delete[ =]\S*(scsi|virtio|sata|ide|efidisk|tpmstate|unused)\d/,
    asks: ['qm set 101 --delete scsi1', 'qm agent 101 shutdown', 'qm cleanup 101 1 0', 'qm guest cmd 101 suspend-disk'],
    passes: ['qm list', 'qm stop 101', 'qm config 101', 'qm snapshot 101 before', 'qm agent 101 ping'],
  },
  {
    of: 'pct',
    action: 'virtual_machine_destroy',
    harmless:
      'listsnapshot, pending, enter, stop, shutdown, reboot, suspend, migrate, remote-migrate, move[-_]volume, fsck, fstrim, rescan, unlock, delsnapshot, cpusets',
    never: /^template\b|--?delete[ =]\S*(mp|rootfs|unused)\d/,
    asks: ['pct set 105 --delete mp0', 'pct rollback 105 before', 'pct template 105'],
    passes: ['pct list', 'pct enter 105', 'pct config 105', 'pct stop 200'],
  },
  {
    of: 'pvesm',
    action: 'virtual_machine_destroy',
    harmless: 'path, alloc, extractconfig, \\S*scan, apiinfo, prune-backups',
    never: /--?disable\b/,
    asks: ['pvesm remove backup-nfs', 'pvesm free local:101/vm-101-disk-0.qcow2', 'pvesm set local --disable 1'],
    passes: ['pvesm status', 'pvesm list local', 'pvesm scan nfs 10.0.0.1'],
  },
  {
    of: 'pvecm',
    action: 'configuration_reset',
    harmless: 'nodes, addnode, apiver, keygen, updatecerts, mtunnel, qdevice setup, expected',
    asks: ['pvecm delnode pve3', 'pvecm qdevice remove'],
    passes: ['pvecm status', 'pvecm nodes'],
  },
  {
    of: 'pveum pmgum',
    action: 'user_removal',
    harmless:
      '(useradd|usermod|groupadd|roleadd|aclmod|passwd|ticket), \\S+ (list|add|modify|permissions|sync|show), user (token|tfa) (list|add|permissions|modify), passwd',
    asks: ['pveum user delete jdoe@pve', 'pveum user tfa delete jdoe@pve', 'pveum acl delete / --users a@pve'],
    passes: ['pveum user list', 'pveum user add a@pve', 'pveum acl modify / --users a@pve --roles PVEAuditor'],
  },
  {
    of: 'pvesh',
    action: 'virtual_machine_destroy',
    harmless: 'get, ls, usage, create, set',
    strict: true,
    never: /\/nodes\/[^/\s]+\/status\b.*\b(reboot|shutdown)\b|\/(wipedisk|initgpt|rollback|stopall|suspendall)\b/,
    nearer: [
      [/\/access\//, 'user_removal'],
      [/wipedisk|initgpt/, 'disk_format'],
      [/\/status\b.*reboot/, 'system_reboot'],
      [/\/status\b.*shutdown/, 'system_shutdown'],
    ],
    asks: ['pvesh delete /access/users/jdoe@pve', 'pvesh create /nodes/pve1/stopall'],
    passes: [
      'pvesh get /nodes',
      'pvesh usage /nodes/{node}/qemu/{vmid} --command delete',
      'pvesh create /nodes/pve1/qemu/101/snapshot --snapname a',
    ],
  },
  {
    of: 'pveceph pvenode ha-manager pvesr pve-ha-manager pveam',
    action: 'virtual_machine_destroy',
    harmless:
      'migrate, relocate, crm-command (migrate|relocate|node-maintenance), rules (list|config|add), groupadd, groupconfig, (osd|mon|mgr|mds|pool|fs) (create|ls|details|get|set), (createosd|createmon|createmgr|createpool|lspools), available, task (list|log|status), startall, wakeonlan, acme .*, cert info, schedule-now, create-local-job, migrateall',
    asks: ['ha-manager remove vm:101', 'pveceph pool destroy data', 'pvenode stopall', 'pvesr delete 101-0'],
    passes: ['ha-manager status', 'pveceph status', 'pvenode task list', 'pvesr list'],
  },
  {
    of: 'proxmox-backup-client',
    action: 'filesystem_bulk_delete',
    values: '--repository --ns --keyfile --keyfd --crypt-mode --output-format',
    harmless:
      'snapshots, benchmark, catalog, files, map, unmap, mount, change-owner, prune, key (info|show|create|change-passphrase|show-master-pubkey|paperkey), (snapshot|snapshots|group|namespace|task) (list|files|create|notes|protected|log|upload-log)',
    asks: [
      'proxmox-backup-client forget host/a/2024-01-01T00:00:00Z',
      'proxmox-backup-client namespace delete old',
      'proxmox-backup-client snapshot forget host/a/x',
    ],
    passes: [
      'proxmox-backup-client list',
      'proxmox-backup-client snapshot list --repository a@b:c',
      'proxmox-backup-client benchmark',
    ],
  },
  {
    of: 'proxmox-backup-manager',
    action: 'filesystem_bulk_delete',
    harmless:
      'versions, report, verify, pull, push, garbage-collection (start|status|list), disk (list|smart-attributes|fs|zpool), subscription',
    asks: [
      'proxmox-backup-manager datastore remove store1',
      'proxmox-backup-manager user delete a@pbs',
      'proxmox-backup-manager disk initialize sdb',
    ],
    passes: [
      'proxmox-backup-manager datastore list',
      'proxmox-backup-manager garbage-collection status store1',
      'proxmox-backup-manager versions',
    ],
  },
  {
    of: 'virsh',
    action: 'virtual_machine_destroy',
    values: '-c --connect -d --debug -l --log',
    harmless:
      'dom\\S+, dumpxml, node\\S+, vcpu\\S+, cpu-\\S+, capabilities, define, autostart, shutdown, reboot, suspend, managedsave, save, restore, snapshot-(list|info|create\\S*|current|dumpxml|parent|edit|delete), net-(list|info|dumpxml|start|autostart|define|dhcp-leases|uuid|name|edit|create|update), pool-(list|info|dumpxml|start|autostart|define\\S*|refresh|uuid|name|create\\S*|edit), vol-(list|info|path|key|dumpxml|create\\S*|download|clone|name|pool|resize), uri, hostname, sysinfo, screenshot, ttyconsole, vncdisplay, qemu-agent-command, qemu-monitor-command, qemu-monitor-event, set(mem|vcpus|maxmem), attach-\\S+, change-media, migrate, event, iface-(list|dumpxml|name|mac), secret-(list|dumpxml|define|set-value), nwfilter-(list|dumpxml|define), nodedev-(list|dumpxml|info), checkpoint-(list|dumpxml|create\\S*|info|parent), backup-\\S+, blkdeviotune, blkiotune, schedinfo, guest(info|vcpus), desc, metadata, memtune, numatune, emulatorpin, iothread\\S*, send-key, update-device, allocpages, freepages, pwd, cd',
    never:
      /guest-(shutdown|suspend\S*|set-user-password|file-write|exec)"|system_(powerdown|reset)|"(quit|drive_del|device_del)"/,
    asks: [
      'virsh pool-destroy default',
      'virsh net-destroy default',
      'virsh snapshot-revert db01 s1',
      'virsh detach-disk db01 vdb',
      'virsh qemu-agent-command db01 \'{"execute":"guest-shutdown"}\'',
    ],
    passes: [
      'virsh list --all',
      'virsh shutdown web',
      'virsh dumpxml db01',
      'virsh qemu-agent-command db01 \'{"execute":"guest-ping"}\'',
    ],
  },
  {
    of: 'lxc incus',
    action: 'virtual_machine_destroy',
    harmless:
      'config .*, shell, file (pull|push|edit|create|mount), image (list|ls|info|show|copy|import|export|alias|refresh|edit), launch, stop, pause, mv, move, network (list|ls|show|info|get|create|set|attach\\S*|list-leases|edit), storage (list|ls|show|info|create|get|set|edit), storage volume (list|show|info|create|copy|get|set|attach\\S*|export|import|move|rename|edit|snapshot (create|list|show)), profile (list|show|create|edit|add|assign|copy|get|set|device (add|list|show|get|set)), project (list|show|create|switch|get|set|info), remote (list|add|switch|get-\\S+|set-\\S+), cluster (list|show|info|enable|add|list-tokens|get|set), operation (list|show), warning (list|show|ack), query, alias, admin (init|sql|cluster|waitready)',
    never: /^config (trust remove|device remove|unset)|^query\b.*(-X|--request)[ =]?DELETE/i,
    asks: [
      'lxc delete web',
      'incus network delete lan',
      'lxc profile delete old',
      'incus query -X DELETE /1.0/instances/web',
    ],
    passes: ['lxc list', 'incus snapshot create web a', 'lxc stop web', 'incus config show web'],
  },
  {
    of: 'esxcli',
    action: 'virtual_machine_destroy',
    harmless:
      '(\\S+ )+(list|get|stats|query|info|set|add|load|rescan|refresh|discover|ping|show|version|mount|install|update|start)',
    never:
      /(-e|--enabled)[ =](false|0|no)\b|\bfirewall set\b.*--default-action|maintenanceMode set\b.*(-e|--enable)[ =](true|1|yes)|\bcoredump\b.*false/,
    strict: true,
    nearer: [
      [/\bsystem shutdown reboot\b/, 'system_reboot'],
      [/\bsystem shutdown\b/, 'system_shutdown'],
      [/\bfirewall\b/, 'firewall_flush'],
      [/^network\b/, 'network_interface_down'],
      [/^storage\b/, 'volume_group_remove'],
    ],
    asks: [
      'esxcli storage filesystem unmount -l ds1',
      'esxcli vm process kill -t soft -w 1',
      'esxcli software vib remove -n x',
    ],
    passes: ['esxcli vm process list', 'esxcli storage filesystem list', 'esxcli system version get'],
  },
  {
    of: 'vim-cmd',
    action: 'virtual_machine_destroy',
    harmless:
      'vmsvc/(get\\S*|getallvms|power\\.(on|getstate|shutdown|reboot)|snapshot\\.(get|create)\\S*|message|device\\.get\\S*|tools\\S*|reload), hostsvc/\\S*(info|get|list|summary|enable)\\S*, vimsvc/\\S*(list|info)\\S*, solo/(register|query)\\S*, internalsvc/\\S*',
    strict: true,
    asks: [
      'vim-cmd vmsvc/destroy 12',
      'vim-cmd vmsvc/snapshot.removeall 12',
      'vim-cmd vmsvc/unregister 12',
      'vim-cmd hostsvc/maintenance_mode_enter',
    ],
    passes: ['vim-cmd vmsvc/getallvms', 'vim-cmd vmsvc/power.on 12', 'vim-cmd vmsvc/get.summary 12'],
  },
  {
    of: 'govc',
    action: 'virtual_machine_destroy',
    harmless:
      '\\S+\\.(info|ls|ip|create|clone|tree|sample|history|about|change|migrate|console|keystrokes|download|upload|mkdir|cp|tail|customize|question|add|attach|rescan|find|collect|power|start), import\\.\\S+, export\\.\\S+, tree, tasks, events, about, object\\.(collect|save)',
    never: /\.power\b.*\s-(off|suspend|reset|r|s|off=true)\b/,
    asks: ['govc snapshot.remove -vm app-01 a', 'govc datastore.rm -f disk.vmdk', 'govc vm.power -off app-01'],
    passes: ['govc ls', 'govc vm.info app-01', 'govc vm.power -on app-01', 'govc about'],
  },
  {
    of: 'VBoxManage vboxmanage',
    action: 'virtual_machine_destroy',
    harmless:
      'show\\S+, startvm, snapshot \\S+ (list|take|showvminfo|edit), create\\S+, clone\\S+, modifyvm, modify(medium|hd), controlvm \\S+ (savestate|acpipowerbutton|resume|pause|screenshotpng|keyboardputscancode), guestproperty (get|enumerate|wait|set), guestcontrol \\S+ (run|start|stat|copyto|copyfrom|list|mkdir), metrics, registervm, storageattach, storagectl, sharedfolder add, extpack install, getextradata, setextradata, convertfromraw, natnetwork (list|add|start|modify), hostonlyif (create|ipconfig), dhcpserver (add|modify), setproperty, usbfilter add, unattended, import, export',
    never: /--remove\b|--medium[ =](none|emptydrive)\b|--delete\b/,
    asks: [
      'VBoxManage controlvm mail poweroff',
      'VBoxManage closemedium disk a.vdi --delete',
      'VBoxManage storagectl mail --name SATA --remove',
    ],
    passes: ['VBoxManage list vms', 'VBoxManage startvm mail --type headless', 'VBoxManage showvminfo mail'],
  },
  {
    of: 'xe xl xm vmadm zoneadm iocage bastille vagrant multipass limactl colima machinectl onevm onehost oneimage',
    action: 'virtual_machine_destroy',
    harmless:
      '\\S+-(list|param-list|param-get|param-set|start|create|clone|copy|export|import|install|snapshot|resume|unpause|migrate|enable|plug|call-plugin|data-source-\\S+|apply-edition|sync-data|backup\\S*|restart), boot, ready, uptime, network-list, block-list, block-attach, vcpu-list, sched-\\S+, dmesg, halt, stop, suspend, up, provision, box (add|list|update|outdated), global-status, ssh-config, port, reload, transfer, mount, shell, start-shell, launch, image-(status|list), list-\\S+, pull-\\S+, bind, copy-(to|from), chroot, exec, console, factory',
    never: /^(stop|halt|suspend|delete)\b.*(\s--all\b|\s-a\b)|^box remove\b|^zones?\b/,
    asks: [
      'xe vm-destroy uuid=6d1b',
      'xl destroy dom3',
      'vmadm delete 0b1c',
      'vagrant destroy -f',
      'multipass delete --purge dev',
      'xe sr-forget uuid=a',
      'multipass stop --all',
    ],
    passes: ['xe vm-list', 'xl list', 'vagrant up', 'multipass launch', 'vagrant halt', 'limactl list'],
  },
]
