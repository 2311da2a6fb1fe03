/** Modules without which a machine finds neither its disks nor what is on them. */
export const diskDrivers =
  '(nvme(_core)?|ahci|megaraid_sas|mpt3sas|hpsa|smartpqi|virtio_(blk|scsi|pci)|vmw_pvscsi|sd_mod|ext4|xfs|btrfs|zfs|dm_(mod|crypt|multipath)|raid\\d+|md_mod|overlay|nfsd?)'

/** The same, and those without which it is not reached. */
export const drivers = `(${diskDrivers}|e1000e?|igb|ixgbe|i40e|ice|r8169|virtio_net|vmxnet3|bnx2x?|bnxt_en|tg3|mlx\\d_core|bonding|8021q|bridge|nf_conntrack|br_netfilter|kvm(_intel|_amd)?|usbhid|loop)`
