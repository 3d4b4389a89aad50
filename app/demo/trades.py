"""What believable providers offer: for each trade its services and what they say.

A variant is its name, its price in BRL and its duration in minutes.
"""

from typing import NamedTuple


class Recipe(NamedTuple):
    # Trades that the same person may well have too.
    goes_with: tuple[str, ...]
    # Each service with the ways to buy it.
    services: dict[str, tuple[tuple[str, int, int], ...]]
    says: tuple[str, ...]


RECIPES = {
    "eletricista": Recipe(
        ("ar-condicionado", "marido-de-aluguel"),
        {
            "Instalação e troca de disjuntores": (("Troca de um disjuntor", 90, 45), ("Até cinco disjuntores", 190, 90), ("Quadro completo", 340, 150)),
            "Tomadas e interruptores": (("Um ponto", 70, 30), ("Até cinco pontos", 180, 90), ("Casa toda", 420, 300)),
            "Chuveiro elétrico: troca e reparo": (("Troca de resistência", 70, 30), ("Chuveiro novo instalado", 140, 60)),
            "Revisão da parte elétrica da casa": (("Visita e diagnóstico", 80, 45), ("Revisão com relatório", 260, 150)),
        },
        ("Material à parte, com nota.", "Sigo a NBR 5410 e deixo tudo identificado no quadro.", "Atendo também casas antigas, com fiação de alumínio."),
    ),
    "encanador": Recipe(
        ("marido-de-aluguel", "pedreiro"),
        {
            "Conserto de vazamentos": (("Visita e diagnóstico", 80, 45), ("Um reparo simples", 120, 60), ("Vazamento na parede", 280, 180)),
            "Troca de torneiras e registros": (("Uma torneira", 90, 45), ("Até três torneiras", 180, 90), ("Registro de parede", 240, 150)),
            "Desentupimento de pia e ralo": (("Pia ou ralo", 140, 60), ("Vaso sanitário", 180, 90), ("Caixa de gordura", 260, 120)),
            "Instalação de filtro e máquina de lavar": (("Filtro", 80, 30), ("Máquina de lavar", 120, 60)),
        },
        ("Procuro o vazamento antes de quebrar qualquer azulejo.", "Levo as peças mais comuns no carro.", "Você paga só depois de testarmos juntos."),
    ),
    "pintor": Recipe(
        ("pedreiro", "marido-de-aluguel"),
        {
            "Pintura de quarto": (("Uma parede", 180, 180), ("Um quarto", 420, 420)),
            "Pintura de apartamento": (("Visita e orçamento", 60, 45), ("Um dia de serviço", 380, 480)),
            "Pintura de portão e grade": (("Grade de janela", 150, 120), ("Portão de pedestre", 190, 180), ("Portão de garagem", 360, 360)),
            "Textura e efeitos na parede": (("Uma parede com textura", 260, 240), ("Cimento queimado", 340, 300)),
        },
        ("Cubro móveis e piso e limpo tudo no fim.", "Ajudo a escolher a cor e a calcular a tinta.", "Corrijo trincas e massa antes de pintar."),
    ),
    "pedreiro": Recipe(
        ("pintor", "encanador"),
        {
            "Assentamento de piso e azulejo": (("Visita e orçamento", 70, 45), ("Um banheiro", 390, 480)),
            "Pequenas reformas": (("Meio dia de serviço", 220, 240), ("Um dia de serviço", 390, 480)),
            "Muros e contrapiso": (("Visita e orçamento", 70, 45), ("Meio dia de serviço", 220, 240), ("Um dia de serviço", 390, 480)),
            "Reparo de reboco e telhado": (("Troca de telhas", 180, 120), ("Reboco de uma parede", 240, 240)),
        },
        ("Combino o preço por escrito antes de começar.", "Trabalho com nível a laser, piso sai reto.", "Entulho ensacado e levado embora."),
    ),
    "marido-de-aluguel": Recipe(
        ("montador-de-moveis", "chaveiro"),
        {
            "Pequenos reparos em casa": (("Um serviço rápido", 70, 30), ("Uma hora", 100, 60), ("Tarde inteira", 300, 240)),
            "Instalação de prateleiras e quadros": (("Até três peças", 80, 45), ("Até oito peças", 140, 90)),
            "Suporte de TV e cortinas": (("Suporte de TV", 110, 60), ("Uma cortina", 80, 45), ("TV e duas cortinas", 220, 120)),
            "Troca de fechaduras e dobradiças": (("Dobradiças de uma porta", 70, 45), ("Uma fechadura", 90, 45), ("Três portas", 220, 120)),
        },
        ("Faça uma lista, resolvo tudo numa visita só.", "Trago furadeira, buchas e parafusos.", "Parede de gesso também, com a bucha certa."),
    ),
    "chaveiro": Recipe(
        ("marido-de-aluguel",),
        {
            "Abertura de portas": (("Porta de casa", 120, 30), ("Carro", 160, 45)),
            "Troca de fechadura": (("Troca de segredo", 140, 45), ("Fechadura comum instalada", 160, 60), ("Fechadura tetra instalada", 220, 75)),
            "Cópia de chaves em domicílio": (("Até três cópias", 60, 30), ("Até dez cópias", 120, 45)),
            "Fechadura digital": (("Instalação", 260, 90), ("Configuração e treino", 90, 45)),
        },
        ("Peço um documento antes de abrir, para sua segurança.", "Abro sem danificar na maioria das vezes.", "Atendo com hora marcada e sem taxa escondida."),
    ),
    "ar-condicionado": Recipe(
        ("eletricista", "conserto-de-eletrodomesticos"),
        {
            "Limpeza de ar-condicionado split": (("Um aparelho", 180, 90), ("Dois aparelhos", 320, 150), ("Três aparelhos", 450, 225)),
            "Instalação de ar-condicionado": (("Até 12.000 BTU", 560, 240), ("Até 24.000 BTU", 720, 300)),
            "Recarga de gás e reparo": (("Visita e diagnóstico", 90, 60), ("Recarga de gás", 280, 90)),
        },
        ("Uso bolsa coletora, não molha a parede.", "Meço a temperatura antes e depois.", "Noventa dias de garantia no serviço."),
    ),
    "conserto-de-eletrodomesticos": Recipe(
        ("ar-condicionado", "eletricista"),
        {
            "Conserto de máquina de lavar": (("Visita e diagnóstico", 90, 60), ("Conserto sem peças", 190, 90), ("Troca de placa ou motor", 290, 120)),
            "Conserto de geladeira": (("Visita e diagnóstico", 90, 60), ("Troca de borracha", 160, 60), ("Carga de gás", 320, 120)),
            "Conserto de fogão e forno": (("Visita e diagnóstico", 80, 45), ("Limpeza de queimadores", 110, 60), ("Conversão de gás", 140, 60)),
            "Conserto de micro-ondas": (("Visita e diagnóstico", 70, 45), ("Conserto sem peças", 150, 75)),
        },
        ("Se não compensa consertar, eu digo.", "A visita é descontada do conserto.", "Peças originais sempre que existem."),
    ),
    "informatica": Recipe(
        ("aulas-de-matematica",),
        {
            "Formatação e limpeza de notebook": (("Limpeza interna", 120, 75), ("Formatação com backup", 180, 120), ("Troca por SSD", 220, 135)),
            "Rede e wi-fi em casa": (("Ajuste do roteador", 90, 60), ("Repetidor instalado", 140, 75), ("Rede da casa toda", 260, 180)),
            "Recuperação de arquivos": (("Diagnóstico", 80, 45), ("Celular ou pen drive", 190, 90), ("Disco de computador", 320, 180)),
            "Ajuda com computador e celular": (("Uma hora", 90, 60), ("Duas horas", 160, 120)),
        },
        ("Explico com calma, sem palavras difíceis.", "Faço cópia dos seus arquivos antes de tudo.", "Notebook, computador de mesa e impressora."),
    ),
    "faxina": Recipe(
        ("passadeira", "limpeza-de-estofados"),
        {
            "Faxina completa de apartamento": (("Um quarto", 130, 240), ("Dois quartos", 160, 300), ("Três quartos", 210, 420)),
            "Faxina pós-obra": (("Um cômodo", 150, 180), ("Apartamento inteiro", 340, 480)),
            "Limpeza semanal": (("Meio período", 110, 240), ("Dia inteiro", 180, 480)),
            "Limpeza de escritório pequeno": (("Uma sala", 90, 120), ("Até quatro salas", 160, 240)),
        },
        ("Levo os produtos se você preferir.", "Cozinha e banheiro saem brilhando.", "Cuido bem de casas com gatos e cachorros."),
    ),
    "passadeira": Recipe(
        ("faxina",),
        {
            "Passar roupa em casa": (("Duas horas", 70, 120), ("Quatro horas", 120, 240)),
            "Roupa de cama e mesa": (("Até dez peças", 60, 90), ("Até vinte peças", 105, 180)),
            "Camisas sociais": (("Dez camisas", 60, 75), ("Vinte camisas", 110, 150)),
        },
        ("Organizo por pessoa e por cabide.", "Camisas com goma, se você gosta.", "Trago meu próprio ferro a vapor."),
    ),
    "limpeza-de-estofados": Recipe(
        ("lavagem-de-carros", "faxina"),
        {
            "Limpeza de sofá a seco": (("Dois lugares", 160, 90), ("Três lugares", 220, 120), ("Sofá de canto", 290, 165)),
            "Higienização de colchão": (("Solteiro", 130, 60), ("Casal", 180, 90), ("Dois colchões", 300, 150)),
            "Impermeabilização de estofados": (("Quatro cadeiras", 160, 90), ("Sofá de três lugares", 260, 150)),
        },
        ("Seca em poucas horas.", "Produto neutro, bom para quem tem alergia.", "Tiro mancha de vinho, café e de criança."),
    ),
    "lavagem-de-carros": Recipe(
        ("limpeza-de-estofados",),
        {
            "Lavagem de carro em casa": (("Carro pequeno", 60, 60), ("Caminhonete", 90, 90)),
            "Lavagem e cera": (("Carro pequeno", 110, 120), ("Caminhonete", 150, 150)),
            "Limpeza interna do carro": (("Aspiração e painel", 80, 60), ("Higienização completa", 220, 180)),
        },
        ("Gasto dez litros de água por carro.", "Só preciso de uma sombra e uma tomada.", "Bancos de couro com produto próprio."),
    ),
    "cabeleireiro": Recipe(
        ("maquiagem", "manicure"),
        {
            "Corte e barba em domicílio": (("Corte", 55, 45), ("Barba", 45, 30), ("Corte e barba", 80, 60)),
            "Corte feminino": (("Só o corte", 75, 60), ("Corte e escova", 115, 90)),
            "Coloração e hidratação": (("Hidratação", 110, 90), ("Retoque de raiz", 130, 90), ("Coloração completa", 190, 150)),
            "Corte infantil com paciência": (("Uma criança", 50, 30), ("Dois irmãos", 90, 60)),
        },
        ("Levo espelho, capa e recolho os cabelos.", "Cachos, crespos e lisos.", "Horário respeitado, ninguém espera."),
    ),
    "manicure": Recipe(
        ("depilacao", "cabeleireiro"),
        {
            "Manicure e pedicure em casa": (("Mãos", 35, 45), ("Pés", 40, 45), ("Mãos e pés", 65, 90)),
            "Unhas em gel": (("Manutenção", 90, 90), ("Gel nas mãos", 130, 120)),
            "Spa dos pés": (("Escalda-pés", 60, 45), ("Escalda-pés com pedicure", 95, 75)),
        },
        ("Material esterilizado em autoclave, aberto na sua frente.", "Mais de cem cores na maleta.", "Unhas que duram duas semanas."),
    ),
    "maquiagem": Recipe(
        ("cabeleireiro", "depilacao"),
        {
            "Maquiagem para festas": (("Uma pessoa", 140, 60), ("Duas pessoas", 250, 120)),
            "Maquiagem para noivas": (("Prova", 160, 90), ("Dia da noiva", 420, 150)),
            "Automaquiagem: aula": (("Só você", 180, 120), ("Com uma amiga", 280, 150)),
        },
        ("Pele de todos os tons, produtos à prova de lágrimas.", "Vou até você, também no domingo cedo.", "Cílios incluídos."),
    ),
    "massagem": Recipe(
        ("depilacao", "personal-trainer"),
        {
            "Massagem relaxante": (("Meia hora", 80, 30), ("Uma hora", 130, 60), ("Uma hora e meia", 180, 90)),
            "Massagem terapêutica": (("Costas e pescoço", 100, 45), ("Corpo inteiro", 150, 75)),
            "Drenagem linfática": (("Pernas", 90, 45), ("Corpo inteiro", 150, 75), ("Pacote do dia, com rosto", 190, 105)),
        },
        ("Levo a maca e os óleos.", "Pressão do jeito que você pedir.", "Formação técnica em massoterapia."),
    ),
    "depilacao": Recipe(
        ("manicure", "massagem"),
        {
            "Depilação com cera": (("Meia perna", 55, 45), ("Perna inteira", 85, 60), ("Perna inteira e axilas", 110, 75)),
            "Design de sobrancelhas": (("Só o design", 40, 30), ("Com henna", 60, 45)),
            "Depilação com linha": (("Buço", 30, 30), ("Rosto inteiro", 65, 45)),
        },
        ("Cera descartável, sempre.", "Deixo a pele calma com camomila.", "Atendimento reservado e sem pressa."),
    ),
    "aulas-de-ingles": Recipe(
        ("aulas-de-matematica",),
        {
            "Inglês para conversar": (("Aula de 45 minutos", 75, 45), ("Aula de uma hora e meia", 130, 90)),
            "Inglês para viagens": (("Uma hora", 85, 60), ("Roteiro de duas horas", 160, 120)),
            "Inglês para entrevistas de emprego": (("Uma hora", 95, 60), ("Simulação com correção", 150, 90)),
        },
        ("A primeira aula descobre o que você já sabe.", "Você fala mais do que eu.", "Material incluído, do seu interesse."),
    ),
    "aulas-de-matematica": Recipe(
        ("informatica", "aulas-de-ingles"),
        {
            "Reforço de matemática": (("Uma hora", 80, 60), ("Duas horas", 150, 120)),
            "Matemática para o Enem": (("Uma hora", 90, 60), ("Duas horas", 165, 120), ("Revisão de três horas", 230, 180)),
            "Cálculo para a faculdade": (("Uma hora", 110, 60), ("Véspera de prova", 200, 120)),
        },
        ("Começo pelo que a escola deixou para trás.", "Listas corrigidas entre uma aula e outra.", "Crianças a partir de nove anos."),
    ),
    "aulas-de-violao": Recipe(
        ("aulas-de-ingles",),
        {
            "Violão para iniciantes": (("Aula de 45 minutos", 70, 45), ("Aula de uma hora e meia", 120, 90)),
            "Violão popular brasileiro": (("Uma hora", 85, 60), ("Uma hora e meia", 120, 90)),
            "Guitarra e improviso": (("Uma hora", 90, 60), ("Uma hora e meia", 130, 90)),
        },
        ("Na segunda aula você toca uma música inteira.", "Samba, MPB, sertanejo, rock: você escolhe.", "Empresto um violão no começo."),
    ),
    "personal-trainer": Recipe(
        ("massagem",),
        {
            "Treino em casa ou na praça": (("Treino avulso", 85, 60), ("Treino em dupla", 120, 60)),
            "Treino funcional": (("Meia hora", 55, 30), ("Uma hora", 85, 60), ("Grupo de até quatro", 180, 60)),
            "Treino para terceira idade": (("Meia hora", 60, 30), ("Uma hora", 90, 60)),
        },
        ("Levo elásticos, cordas e pesos.", "Treino montado depois de uma conversa.", "CREF ativo."),
    ),
    "jardineiro": Recipe(
        ("passeador-de-caes", "pintor"),
        {
            "Corte de grama e limpeza de jardim": (("Jardim pequeno", 110, 120), ("Meio dia de serviço", 160, 240), ("Um dia de serviço", 280, 480)),
            "Poda de árvores pequenas": (("Uma árvore", 120, 90), ("Até quatro árvores", 260, 240)),
            "Horta em casa": (("Visita e projeto", 80, 60), ("Horta plantada", 260, 240)),
            "Jardim novo em vasos": (("Visita e orçamento", 50, 30), ("Varanda pequena", 180, 150), ("Varanda grande", 290, 240)),
        },
        ("Levo máquina, tesoura e sacos.", "Escolho plantas que aguentam o sol daqui.", "Ensino a cuidar depois."),
    ),
    "montador-de-moveis": Recipe(
        ("marido-de-aluguel", "mudanca"),
        {
            "Montagem de guarda-roupa": (("Duas portas", 140, 120), ("Seis portas", 220, 210), ("Com espelho e correr", 260, 240)),
            "Montagem de móveis de caixa": (("Móvel pequeno", 90, 60), ("Cama ou mesa", 130, 90), ("Cozinha completa", 450, 480)),
            "Desmontagem para mudança": (("Um móvel", 80, 45), ("Quarto inteiro", 180, 120)),
        },
        ("Nivelado, fixado na parede e sem parafuso sobrando.", "Monto de qualquer loja.", "Levo o papelão embora."),
    ),
    "passeador-de-caes": Recipe(
        ("jardineiro",),
        {
            "Passeio com cachorro": (("Meia hora", 35, 30), ("Uma hora", 55, 60)),
            "Visita para gatos": (("Comida e areia", 40, 30), ("Com uma hora de companhia", 65, 60)),
            "Passeio em dupla": (("Meia hora", 55, 30), ("Uma hora", 85, 60)),
        },
        ("Mando foto de cada passeio.", "No máximo três cães por vez.", "Dou remédio, se precisar."),
    ),
    "cozinheira": Recipe(
        ("faxina",),
        {
            "Marmitas para a semana": (("Dez marmitas", 180, 240), ("Vinte marmitas", 310, 360)),
            "Almoço de domingo": (("Para seis", 240, 240), ("Para dez", 340, 300)),
            "Jantar para convidados": (("Para quatro", 240, 180), ("Para dez", 420, 300)),
        },
        ("Você compra os ingredientes, eu mando a lista.", "Cozinha limpa quando eu saio.", "Sem glúten, sem lactose ou vegano: é só pedir."),
    ),
    "cuidador-de-idosos": Recipe(
        ("cozinheira",),
        {
            "Companhia e cuidado de idosos": (("Quatro horas", 140, 240), ("Oito horas", 240, 480)),
            "Acompanhamento em consultas": (("Uma consulta", 110, 150), ("Consulta e exames", 170, 240)),
            "Banho e rotina da manhã": (("Uma visita", 70, 60), ("Manhã inteira", 130, 240)),
        },
        ("Curso de cuidador e primeiros socorros.", "Paciência, conversa e remédio na hora certa.", "Conto à família como foi o dia."),
    ),
    "frete": Recipe(
        ("mudanca", "motoboy"),
        {
            "Frete com utilitário": (("Até 10 km", 120, 60), ("Até 30 km", 190, 120), ("Diária", 480, 480)),
            "Carreto de móvel usado": (("Um móvel", 100, 60), ("Até quatro móveis", 210, 150)),
            "Busca de compra grande": (("Uma loja", 110, 60), ("Três lojas", 220, 150)),
        },
        ("Eu e um ajudante, para subir escada.", "Cobertores e cintas no carro.", "Preço fechado antes de sair."),
    ),
    "mudanca": Recipe(
        ("frete", "montador-de-moveis"),
        {
            "Mudança de apartamento pequeno": (("Quitinete", 450, 240), ("Um quarto", 590, 300)),
            "Mudança residencial": (("Visita e orçamento", 50, 30), ("Dois quartos", 780, 480)),
            "Embalagem para mudança": (("Só a cozinha", 160, 120), ("Casa inteira", 340, 360)),
        },
        ("Desmonto e monto as camas.", "Caixas emprestadas uma semana antes.", "Caminhão baú, nada molha."),
    ),
    "motoboy": Recipe(
        ("frete",),
        {
            "Entrega de documentos": (("Uma entrega na cidade", 30, 30), ("Ida e volta", 50, 60)),
            "Entrega de encomendas": (("Uma entrega", 35, 30), ("Até quatro entregas", 100, 90)),
            "Recados e cartório": (("Uma hora à disposição", 60, 60), ("Manhã à disposição", 190, 240)),
        },
        ("Baú limpo e capa de chuva.", "Aviso na retirada e na entrega.", "Autenticação e cartório, com recibo."),
    ),
}  # fmt: skip

OPENINGS = (
    "Trabalho por conta própria há {years} anos. Atendo {place} e arredores.",
    "São {years} anos de ofício, sempre por indicação.",
    "Aprendi com meu pai e faço isso há {years} anos.",
    "Atendo {place} e vizinhança há {years} anos.",
)
CLOSINGS = (
    "Qualquer dúvida, escreva na observação do pedido.",
    "Chego na hora marcada, e se houver imprevisto aviso antes.",
    "Gosto de deixar tudo melhor do que encontrei.",
    "Combinado não sai caro: o preço é o que está aqui.",
)

FIRST_NAMES = (
    "Adriana", "Alessandra", "Aline", "Antônio", "Aparecida", "Beatriz", "Bruno", "Camila", "Carlos",
    "Célia", "Cícero", "Cláudia", "Cristiane", "Daniel", "Débora", "Diego", "Edson", "Eduardo",
    "Elaine", "Fabiana", "Fátima", "Fernanda", "Francisco", "Gabriel", "Geraldo", "Gustavo", "Helena",
    "Iara", "Inês", "Jéssica", "João", "Jorge", "José", "Juliana", "Kátia", "Larissa", "Leandro",
    "Lúcia", "Luiz", "Márcia", "Marcos", "Maria", "Mateus", "Nair", "Neide", "Otávio", "Patrícia",
    "Paulo", "Rafael", "Raimundo", "Renata", "Rita", "Roberto", "Rosana", "Sandra", "Sebastião",
    "Sérgio", "Simone", "Tânia", "Thiago", "Vanessa", "Vera", "Wesley", "Yuri",
)  # fmt: skip
LAST_NAMES = (
    "Almeida", "Alves", "Andrade", "Araújo", "Barbosa", "Batista", "Bianchi", "Borges", "Campos",
    "Cardoso", "Carvalho", "Castro", "Conceição", "Correia", "Costa", "Cruz", "Dias", "Duarte",
    "Farias", "Fernandes", "Ferreira", "Freitas", "Gomes", "Gonçalves", "Guimarães", "Kato", "Lima",
    "Lopes", "Machado", "Martins", "Medeiros", "Melo", "Mendes", "Miranda", "Monteiro", "Moraes",
    "Moreira", "Nascimento", "Nogueira", "Nunes", "Oliveira", "Pereira", "Pinto", "Ramos", "Reis",
    "Ribeiro", "Rocha", "Rodrigues", "Rossi", "Sales", "Santana", "Santos", "Schmidt", "Silva",
    "Siqueira", "Soares", "Sousa", "Tanaka", "Tavares", "Teixeira", "Vieira", "Xavier",
)  # fmt: skip
